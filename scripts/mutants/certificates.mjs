/** Mutants of certificates. */
import { of, quick } from './of.mjs';

export const certificateMutants = [
  ...of(
    'certificates',
    'packages/numerics/src/exact/prime-field.ts',
    ['packages/numerics/test/exact/prime-field.test.ts'],
    [
      "symbol('density', negative(a) ? prime - a : a)",
      "symbol('density', a)",
      'a density that is not even',
      quick,
    ],
    ["sub(1, symbol('cdf', prime - a))", "symbol('cdf', a)", 'no reflection of the distribution'],
    ["sub(1, symbol('step', prime - a))", "symbol('step', a)", 'no reflection of the step'],
    ['if (mul(root, root) !== a) throw', 'if (root < 0) throw', 'roots of what is no square'],
  ),
  ...of(
    'certificates',
    'packages/numerics/src/rank/certify-rank.ts',
    ['packages/numerics/test/rank/certify-rank.test.ts'],
    [
      'largest <= widest * BigInt(entries.length)',
      'largest <= widest',
      'a column that may be drowned is worked on',
      quick,
    ],
    ['growth += scaled.growth;', '', 'the scale of the columns is not paid for'],
    ['growth += Math.log2(next.size);', '', 'products are not paid for'],
    ['rad += entry.rad * magnitude(factor);', '', 'radii do not grow'],
  ),
  ...of(
    'certificates',
    'packages/numerics/src/rank/float64-proof.ts',
    [
      'packages/numerics/test/rank/certify-rank.test.ts',
      'packages/numerics/test/rank/certify-double-balls.test.ts',
    ],
    [
      'const sigma = Math.sqrt(1 - defect) / SAFE - distance;',
      'const sigma = Math.sqrt(1 - defect) / SAFE;',
      'errors are not taken off',
    ],
  ),
];
