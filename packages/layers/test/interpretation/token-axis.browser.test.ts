/** What looks at several tokens, on GPUs as on plain arrays: ties, NaN, padding and sequences. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { type ArrayValue, arrayGateOps, arrayParam, arrayTable, type GateOps, stream } from '@tfjs-moe/core';
import { assertClose, drawnRows } from '@tfjs-moe/core/testing';
import { ffn } from '@tfjs-moe/experts';
import { expertChoice, softMoe } from '@tfjs-moe/gates';
import { beforeAll, describe, test } from 'vitest';
import '../../src/soft.ts';
import { mixtureOfExperts } from '../../src/index.ts';
import { tokenOps } from '../../src/interpretation/token-ops.ts';
import { testLayerGradients } from '../../src/testing/index.ts';

const scores = [1, 2, 2, Number.NaN, 2, 0, 2, -1].map((score) => [score, -score, score * score]);
const mask = [1, 1, 0, 1, 1, 1, 1, 1];
const table = { shape: [8, 2], initializer: { kind: 'zeros' } } as const;
const rows = Array.from({ length: 16 }, (_, i) => i / 3);

const formulas: Readonly<Record<string, <V>(ops: GateOps<V>, a: V) => V>> = {
  topTokens: (ops, a) => ops.topTokens(a, () => 3),
  topInSequences: (ops, a) => ops.inSequences().topTokens(a, (tokens) => tokens / 2),
  softmaxTokens: (ops, a) => ops.softmaxTokens(a),
  softmaxInSequences: (ops, a) => ops.inSequences().softmaxTokens(a),
  meanInSequences: (ops, a) => ops.inSequences().meanTokens(ops.topTokens(a, () => 5)),
};

/** NaN as a number, to be compared. */
const sound = (values: ArrayLike<number>) => Array.from(values, (each) => (Number.isNaN(each) ? -99 : each));

for (const backend of ['webgl', 'webgpu'] as const) {
  const starts = await tf.setBackend(backend).catch(() => false);
  describe.skipIf(!starts)(`backend ${backend}`, () => {
    beforeAll(async () => {
      await tf.setBackend(backend);
      await tf.ready();
    });

    test.each(Object.keys(formulas))('%s is as on plain arrays', async (name) => {
      for (const masked of [false, true]) {
        const arrays = arrayGateOps({ tokens: 8, sequences: 2, ...(masked && { mask }) });
        const expected: ArrayValue = formulas[name]!(arrays, arrayTable(scores));
        const value = tf.tidy(() => {
          const ops = tokenOps({
            random: stream(0),
            tokens: 8,
            sequences: 2,
            mask: masked ? tf.tensor3d(mask, [8, 1, 1]) : undefined,
          });
          return formulas[name]!(ops, tf.tensor3d(scores.flat(), [8, 3, 1]));
        });
        const numbers = await value.data();
        assertClose(sound(numbers), sound(expected.data), name, 1e-4);
      }
    });

    test('lookup is as on plain arrays', async () => {
      const index = [7, 0, 3, 8, -1, 2].map((row) => [row]);
      const expected = arrayGateOps().lookup(arrayParam(table, 1, rows), arrayTable(index));
      const found = tf.tidy(() =>
        tokenOps({ random: stream(0) }).lookup(
          tf.tensor3d(rows, [1, 8, 2]),
          tf.tensor3d(index.flat(), [6, 1, 1]),
        ),
      );
      assertClose(sound(await found.data()), sound(expected.data), 'lookup', 1e-5);
    });

    testLayerGradients({ describe, test }, expertChoice(), ffn({ hiddenUnits: 3 }), {
      dispatch: ['dense'],
      tolerance: 1e-4,
    });

    test('softMoe is as on the cpu backend', async () => {
      const x = drawnRows(6, 3, 1).flat();
      const make = () => {
        const layer = mixtureOfExperts({
          experts: 2,
          gate: softMoe({ slots: 2 }),
          expert: ffn({ hiddenUnits: 3 }),
          seed: 1,
        });
        return layer.apply(tf.tensor3d(x, [2, 3, 3])) as tf.Tensor;
      };
      const ours = await make().data();
      await tf.setBackend('cpu');
      const theirs = await make().data();
      await tf.setBackend(backend);
      assertClose(ours, theirs, 'output', 1e-4);
    });
  });
}
