import { MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, withAtoms, withChanged } from '@tfjs-moe/measures';
import { type Counterexample, expectTruth } from './counterexample.ts';
import { gateNames } from './names.ts';

/** Options of `commonTilt`. */
export interface CommonTiltOptions {
  /** $t$, one number per input; not zero. */
  readonly tilt: readonly number[];
  /** Name of the gate's $\beta_1$. Default: by the gate's form. */
  readonly kernel?: string;
  /** Name of the gate's bias. Default: by the gate's form. */
  readonly gateBias?: string;
}

/**
 * K5: every atom of a softmax gate with a linear router split at $\beta_1 \pm t$, all masses halved, multiplies
 * numerator and denominator by $\cosh(t^\top x)$: the function stays exactly the same, for every expert.
 *
 * With k at least twice the true number of atoms no expert is identifiable at all: Theorem 1 needs $k < 2k_*$, or one
 * atom that is fitted exactly.
 */
export function commonTilt(truth: MixingMeasure, options: CommonTiltOptions): Counterexample {
  expectTruth('commonTilt', truth, options, ['tilt', 'kernel', 'gateBias']);
  const names = gateNames(truth);
  const { tilt, kernel = names.kernel, gateBias = names.bias } = options;
  if (tilt?.length !== truth.inputDim || tilt.every((value) => value === 0)) {
    throw new MoeError('commonTilt', `tilt must be ${truth.inputDim} numbers, not all zero`, tilt);
  }
  const atoms = Array.from({ length: truth.experts }, (_, e) => e);
  let other = withAtoms(
    truth,
    atoms.flatMap((e) => [e, e]),
  );
  for (let place = 0; place < other.experts; place++) {
    const sign = place % 2 === 0 ? 1 : -1;
    other = withChanged(other, 'gate', gateBias, place, (value) => value - Math.LN2);
    other = withChanged(other, 'gate', kernel, place, (value, i) => value + sign * tilt[i]!);
  }
  return {
    name: 'K5',
    statement: 'twice the true number of atoms: all of them split at two tilts cancel in the softmax',
    latex: '\\frac{\\cosh(t^\\top x)\\sum_i e^{z_i}h_i}{\\cosh(t^\\top x)\\sum_i e^{z_i}} = f_G(x)',
    source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 1 with k >= 2k*',
    truth,
    other,
  };
}
