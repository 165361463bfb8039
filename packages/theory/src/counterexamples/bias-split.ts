import { MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, withChanged } from '@tfjs-moe/measures';
import { checked } from './checked.ts';
import { type Counterexample, expectAtom, expectTruth } from './counterexample.ts';
import { expectShift } from './names.ts';
import { halved } from './twice.ts';

/** Options of `biasSplit`. */
export interface BiasSplitOptions {
  /** Which atom is split. Default 0. */
  readonly atom?: number;
  /** Name of the expert's parameter that is moved. Default: what is added at its end. */
  readonly parameter?: string;
  /** How far, not 0. Default 0.5. */
  readonly shift?: number;
  /** Name of the gate's bias, which holds the mass. Default: by the gate's form. */
  readonly gateBias?: string;
}

/**
 * K1: an atom split into $b \pm t$ with half its weight each leaves the function exactly unchanged where
 * $\partial^2 h / \partial b^2 = 0$, as for linear and constant experts.
 *
 * So over-specified linear experts are not merely slow: they are not identifiable. It is not the equation
 * $\partial^2 F / \partial\beta_1\partial b = \partial F / \partial a$ that ruins them, which every $g(a^\top x + b)$
 * satisfies. Under softmaxes, with or without a temperature and in trees of them (where the first expert of every other
 * group is doubled, which changes no measure), and under a sigmoid where the gate of the atom does not depend on the input.
 *
 * Two different mixtures with the same function, which is checked before they are returned.
 */
export function biasSplit(truth: MixingMeasure, options: BiasSplitOptions = {}): Counterexample {
  const who = 'biasSplit';
  expectTruth(who, truth, options, ['atom', 'parameter', 'shift', 'gateBias']);
  const { atom = 0, shift = 0.5, gateBias } = options;
  expectAtom(who, truth, atom);
  if (!Number.isFinite(shift) || shift === 0)
    throw new MoeError(who, 'shift must be a finite number, not 0', shift);
  const parameter = expectShift(who, truth, options.parameter);
  const { places, ...both } = halved(who, truth, atom, gateBias);
  let { other } = both;
  places.forEach((place, i) => {
    other = withChanged(other, 'expert', parameter, place, (value) => value + (i === 0 ? shift : -shift));
  });
  return checked(
    who,
    {
      name: 'K1',
      statement: 'an expert that is linear in its bias: two half atoms at b + t and b - t are one atom at b',
      latex: 'h(x, b) = \\tfrac12 h(x, b + t) + \\tfrac12 h(x, b - t)',
      source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 2 and equation (9)',
      truth,
      other,
    },
    [atom],
  );
}
