import { describe, expect, test } from 'vitest';
import golden from '../../../gates/test/golden/golden-moe.json' with { type: 'json' };
import { zLoss } from '../../src/index.ts';
import { testBalanceLoss } from '../../src/testing/index.ts';
import { onEveryBackend } from '../backends.ts';
import { batchB, expectValue } from './golden-batches.ts';

onEveryBackend(() => {
  testBalanceLoss({ describe, test }, zLoss());
  testBalanceLoss({ describe, test }, zLoss({ weight: 2 }), { experts: 7, expertsPerToken: 1 });

  test('golden: ST-MoE', () => expectValue(zLoss(), batchB, golden.B_z_loss));

  test('is (log E)² at logits of zero', () => {
    const zeros = batchB.logits.map((row) => row.map(() => 0));
    expectValue(zLoss(), { ...batchB, logits: zeros }, Math.log(4) ** 2);
  });

  test('looks at the clean logits and not at scores or probabilities', () => {
    const other = batchB.logits.map((row) => row.map(() => 0.3));
    expectValue(zLoss(), { ...batchB, scores: other, probabilities: other }, golden.B_z_loss);
  });
});

test('has weight 0.001 by default and no other option', () => {
  expect(zLoss().config).toEqual({ kind: 'zLoss', weight: 0.001 });
  expect(() => zLoss({ scaling: 'sumOverK' } as never)).toThrow(
    '[tfjs-moe] zLoss: unknown option "scaling"; known options are weight.',
  );
});
