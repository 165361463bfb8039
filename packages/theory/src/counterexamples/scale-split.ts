import { expectPositive, MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, withChanged } from '@tfjs-moe/measures';
import { checked } from './checked.ts';
import { type Counterexample, expectAtom, expectTruth } from './counterexample.ts';
import { expectAmplitude } from './names.ts';
import { halved } from './twice.ts';

/** Options of `scaleSplit`. */
export interface ScaleSplitOptions {
  /** Which atom is split. Default 0. */
  readonly atom?: number;
  /** Names of the expert's parameters in which it is homogeneous, all of them together. Default: by its traits, else tried. */
  readonly parameters?: readonly string[];
  /** The degree p. Default: by the expert's traits; 1 where `parameters` are given. */
  readonly degree?: number;
  /** $c_1^p$, between 0 and 2 and not 1. Default 1.3. */
  readonly factor?: number;
  /** Name of the gate's bias. Default: by the gate's form. */
  readonly gateBias?: string;
}

/**
 * K3: an atom whose expert is homogeneous of degree p in some parameters, $h(x, c\,\eta) = c^p h(x, \eta)$, split into
 * $c_1 \eta$ and $c_2 \eta$ with $c_1^p + c_2^p = 2$ and half its weight each, leaves the function exactly unchanged.
 *
 * Experts with output weights (p = 1 in these), ReLU of an affine map (p = 1), linear ones with or without a bias,
 * polynomials (their degree) and constants are so. The conclusion of Theorem 1 cannot hold for them in regression. The
 * gates are those of `biasSplit`.
 *
 * Two different mixtures with the same function, which is checked before they are returned.
 */
export function scaleSplit(truth: MixingMeasure, options: ScaleSplitOptions = {}): Counterexample {
  const who = 'scaleSplit';
  expectTruth(who, truth, options, ['atom', 'parameters', 'degree', 'factor', 'gateBias']);
  const { atom = 0, gateBias } = options;
  const { parameters, degree } = expectAmplitude(who, truth, options);
  const factor = expectPositive(who, 'factor', options.factor ?? 1.3);
  if (factor >= 2 || factor === 1) {
    throw new MoeError(who, 'factor must be between 0 and 2, and not 1', factor);
  }
  expectAtom(who, truth, atom);
  const { places, ...both } = halved(who, truth, atom, gateBias);
  let { other } = both;
  places.forEach((place, i) => {
    const power = (i === 0 ? factor : 2 - factor) ** (1 / degree);
    for (const name of parameters)
      other = withChanged(other, 'expert', name, place, (value) => power * value);
  });
  return checked(
    who,
    {
      name: 'K3',
      statement: 'a homogeneous expert: two half atoms at different scales are one atom between them',
      latex: 'h(x, \\eta) = \\tfrac12 h(x, c_1\\eta) + \\tfrac12 h(x, c_2\\eta),\\quad c_1^p + c_2^p = 2',
      source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 1, for experts with an output scale',
      truth,
      other,
    },
    [atom],
  );
}
