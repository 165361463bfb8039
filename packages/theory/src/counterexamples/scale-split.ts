import { expectPositive, MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, withAtoms, withChanged } from '@tfjs-moe/measures';
import { type Counterexample, doubled, expectAtom, expectTruth } from './counterexample.ts';
import { gateNames } from './names.ts';

/** Options of `scaleSplit`. */
export interface ScaleSplitOptions {
  /** Which atom is split. Default 0. */
  readonly atom?: number;
  /** Names of the expert's parameters in which it is homogeneous, all of them together. */
  readonly parameters: readonly string[];
  /** The degree p. Default 1. */
  readonly degree?: number;
  /** $c_1^p$, between 0 and 2 and not 1. Default 1.3. */
  readonly factor?: number;
  /** Name of the gate's bias. Default: by the gate's form. */
  readonly gateBias?: string;
}

/**
 * K3: an atom whose expert is homogeneous of degree p in some parameters, $h(x, c\,\eta) = c^p h(x, \eta)$, split into
 * $c_1 \eta$ and $c_2 \eta$ with $c_1^p + c_2^p = 2$ and half its mass each, leaves the function exactly unchanged.
 *
 * Experts with output weights (p = 1 in these), ReLU of an affine map (p = 1), polynomials (their degree) and constants
 * are so. The conclusion of Theorem 1 cannot hold for them in regression.
 */
export function scaleSplit(truth: MixingMeasure, options: ScaleSplitOptions): Counterexample {
  expectTruth('scaleSplit', truth, options, ['atom', 'parameters', 'degree', 'factor', 'gateBias']);
  const { atom = 0, parameters, gateBias = gateNames(truth).bias } = options;
  if (!Array.isArray(parameters)) {
    throw new MoeError('scaleSplit', 'parameters must be a list of names', parameters);
  }
  const degree = expectPositive('scaleSplit', 'degree', options.degree ?? 1);
  const factor = expectPositive('scaleSplit', 'factor', options.factor ?? 1.3);
  if (factor >= 2 || factor === 1) {
    throw new MoeError('scaleSplit', 'factor must be between 0 and 2, and not 1', factor);
  }
  expectAtom('scaleSplit', truth, atom);
  let other = withAtoms(truth, doubled(truth, atom));
  for (const [place, power] of [
    [atom, factor],
    [atom + 1, 2 - factor],
  ] as const) {
    other = withChanged(other, 'gate', gateBias, place, (value) => value - Math.LN2);
    for (const name of parameters)
      other = withChanged(other, 'expert', name, place, (value) => power ** (1 / degree) * value);
  }
  return {
    name: 'K3',
    statement: 'a homogeneous expert: two half atoms at different scales are one atom between them',
    latex: 'h(x, \\eta) = \\tfrac12 h(x, c_1\\eta) + \\tfrac12 h(x, c_2\\eta),\\quad c_1^p + c_2^p = 2',
    source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 1, for experts with an output scale',
    truth,
    other,
  };
}
