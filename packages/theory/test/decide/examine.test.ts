import { rational } from '@tfjs-moe/numerics/exact';
import { examine, type LabelledFamily } from '@tfjs-moe/theory';
import { expect, test } from 'vitest';

function family(size: number, evaluate: LabelledFamily['evaluate']): LabelledFamily {
  const labels = Array.from({ length: size }, (_, i) => ({ text: `f${i}`, latex: `f_{${i}}`, order: 0 }));
  return { inputDim: 1, labels, evaluate };
}

test('the whole basis, by index and with exact fractions', () => {
  const { relations, remaining, rest } = examine(
    family(5, (ring, [x]) => {
      const [f, first, second] = ring.derivatives('tanh', x!, 2);
      const tenth = ring.derivatives('reciprocal', ring.constant(10), 0)[0]!;
      return [f!, ring.dot([f!], [first!]), ring.dot([second!], [tenth]), first!, ring.constant(0)];
    }),
  );
  expect(relations).toEqual([
    { column: 2, coefficients: new Map([[1, rational(-1n, 5n)]]), proof: 'formal ring' },
    { column: 4, coefficients: new Map(), proof: 'formal ring' },
  ]);
  expect(remaining).toEqual([0, 1, 3]);
  expect('sigmaMin' in rest && rest.sigmaMin).toBeGreaterThan(0);
});
