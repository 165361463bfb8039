import { MoeError } from '@tfjs-moe/core';
import { gateTraits, levelsOf, type MixingMeasure, withChanged } from '@tfjs-moe/measures';
import { checked } from './checked.ts';
import { type Counterexample, expectTruth } from './counterexample.ts';
import { expectOwn, kernelName } from './names.ts';
import { allHalved } from './twice.ts';

/** Options of `commonTilt`. */
export interface CommonTiltOptions {
  /** $t$, one number per input; not all zero. Default 1/2 for every input. */
  readonly tilt?: readonly number[];
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
 *
 * Two different mixtures with the same function, which is checked before they are returned.
 */
export function commonTilt(truth: MixingMeasure, options: CommonTiltOptions = {}): Counterexample {
  const who = 'commonTilt';
  expectTruth(who, truth, options, ['tilt', 'kernel', 'gateBias']);
  const {
    tilt = Array.from({ length: truth.inputDim }, () => 0.5),
    kernel = kernelName(truth),
    gateBias,
  } = options;
  const isTilt =
    Array.isArray(tilt) &&
    tilt.length === truth.inputDim &&
    tilt.every(Number.isFinite) &&
    tilt.some((t) => t !== 0);
  if (!isTilt) throw new MoeError(who, `tilt must be ${truth.inputDim} numbers, not all zero`, tilt);
  const { form } = gateTraits(truth.gate, truth.experts);
  if (form !== undefined && levelsOf(form, truth.experts).at(-1)!.form.type !== 'competitive') {
    throw new MoeError(
      who,
      'the gate must be a softmax, which does not see a common factor',
      truth.gate.kind,
    );
  }
  expectOwn(who, truth, 'gate', kernel);
  let other = allHalved(who, truth, gateBias);
  for (let place = 0; place < other.experts; place++) {
    const sign = place % 2 === 0 ? 1 : -1;
    other = withChanged(other, 'gate', kernel, place, (value, i) => value + sign * tilt[i]!);
  }
  return checked(
    who,
    {
      name: 'K5',
      statement: 'twice the true number of atoms: all of them split at two tilts cancel in the softmax',
      latex: '\\frac{\\cosh(t^\\top x)\\sum_i e^{z_i}h_i}{\\cosh(t^\\top x)\\sum_i e^{z_i}} = f_G(x)',
      source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 1 with k >= 2k*',
      truth,
      other,
    },
    Array.from({ length: truth.experts }, (_, e) => e),
  );
}
