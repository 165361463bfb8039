import { type MixingMeasure, withAtoms, withChanged } from '@tfjs-moe/measures';
import { type Counterexample, doubled, expectAtom, expectTruth } from './counterexample.ts';
import { expertBias, gateNames } from './names.ts';

/** Options of `biasSplit`. */
export interface BiasSplitOptions {
  /** Which atom is split. Default 0. */
  readonly atom?: number;
  /** Name of the expert's parameter that is moved. Default: what is added at its end. */
  readonly parameter?: string;
  /** How far. Default 0.5. */
  readonly shift?: number;
  /** Name of the gate's bias, which holds the logarithm of the mass. Default: by the gate's form. */
  readonly gateBias?: string;
}

/**
 * K1: an atom split into $b \pm t$ with half its mass each leaves the function exactly unchanged where
 * $\partial^2 h / \partial b^2 = 0$, as for linear and constant experts.
 *
 * So over-specified linear experts are not merely slow: they are not identifiable. It is not the equation
 * $\partial^2 F / \partial\beta_1\partial b = \partial F / \partial a$ that ruins them, which every $g(a^\top x + b)$
 * satisfies.
 */
export function biasSplit(truth: MixingMeasure, options: BiasSplitOptions = {}): Counterexample {
  expectTruth('biasSplit', truth, options, ['atom', 'parameter', 'shift', 'gateBias']);
  const { atom = 0, parameter = expertBias(truth), shift = 0.5, gateBias = gateNames(truth).bias } = options;
  expectAtom('biasSplit', truth, atom);
  let other = withAtoms(truth, doubled(truth, atom));
  for (const [place, sign] of [
    [atom, 1],
    [atom + 1, -1],
  ] as const) {
    other = withChanged(other, 'gate', gateBias, place, (value) => value - Math.LN2);
    other = withChanged(other, 'expert', parameter, place, (value) => value + sign * shift);
  }
  return {
    name: 'K1',
    statement: 'an expert that is linear in its bias: two half atoms at b + t and b - t are one atom at b',
    latex: 'h(x, b) = \\tfrac12 h(x, b + t) + \\tfrac12 h(x, b - t)',
    source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 2 and equation (9)',
    truth,
    other,
  };
}
