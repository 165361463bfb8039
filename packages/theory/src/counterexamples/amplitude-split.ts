import { expectPositive, MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, withChanged } from '@tfjs-moe/measures';
import { checked } from './checked.ts';
import { type Counterexample, expectAtom, expectTruth } from './counterexample.ts';
import { expectAmplitude } from './names.ts';
import { innermost, twice } from './twice.ts';

/** Options of `amplitudeSplit`. */
export interface AmplitudeSplitOptions {
  /** Which atom is split. Default 0. */
  readonly atom?: number;
  /** Names of the expert's parameters in which it is homogeneous, all of them together. Default: by its traits, else tried. */
  readonly parameters?: readonly string[];
  /** The degree p. Default: by the expert's traits; 1 where `parameters` are given. */
  readonly degree?: number;
  /** The part of its output that the first of the two atoms has, between 0 and 1. Default 0.3. */
  readonly share?: number;
}

/**
 * K10: under a gate that does not divide its weights by their sum, one atom equals two with the same gate whose experts
 * add up to it: $w(x)\,h(x, \eta) = w(x)\,h(x, c_1\eta) + w(x)\,h(x, c_2\eta)$ with $c_1^p + c_2^p = 1$, for every expert
 * that is homogeneous of degree p in some parameters, $h(x, c\,\eta) = c^p h(x, \eta)$: linear ones and all with output
 * weights (p = 1 in these), ReLU of an affine map (p = 1), polynomials (their degree), constants.
 *
 * So in regime 2 of the sigmoid gate, where the gates depend on the input, over-fitted atoms of such experts are a
 * continuum of mixtures with one function, and no rate holds for them. The best approximation by more atoms is the truth
 * itself, and the Jacobian is dependent there, whatever it is at distinct gates.
 *
 * Two different mixtures with the same function, which is checked before they are returned.
 *
 * Source: found here, against Nguyen, Ho and Rinaldo (2024), arXiv:2405.13997, Regime 2.
 */
export function amplitudeSplit(truth: MixingMeasure, options: AmplitudeSplitOptions = {}): Counterexample {
  const who = 'amplitudeSplit';
  expectTruth(who, truth, options, ['atom', 'parameters', 'degree', 'share']);
  const { atom = 0, share = 0.3 } = options;
  expectAtom(who, truth, atom);
  expectPositive(who, 'share', share);
  if (share >= 1) throw new MoeError(who, 'share must be between 0 and 1', share);
  const { parameters, degree } = expectAmplitude(who, truth, options);
  const form = innermost(truth)?.form;
  if (form?.type === 'competitive' || (form?.type === 'sigmoid' && form.normalized)) {
    throw new MoeError(
      who,
      'the gate divides its weights by their sum, so that two atoms with one gate weigh more than one; see scaleSplit',
      truth.gate.kind,
    );
  }
  let { other, pairs } = twice(truth, atom);
  for (const pair of pairs) {
    pair.forEach((place, i) => {
      const factor = (i === 0 ? share : 1 - share) ** (1 / degree);
      for (const name of parameters)
        other = withChanged(other, 'expert', name, place, (value) => factor * value);
    });
  }
  return checked(
    who,
    {
      name: 'K10',
      statement:
        'a gate without a common denominator: two atoms with one gate are one atom, whose expert is their sum',
      latex: 'w(x)\\,h(x, \\eta) = w(x)\\,h(x, c_1\\eta) + w(x)\\,h(x, c_2\\eta),\\quad c_1^p + c_2^p = 1',
      source: 'found here, against Nguyen, Ho and Rinaldo (2024), arXiv:2405.13997, Regime 2',
      truth,
      other,
    },
    [atom],
  );
}
