import { MoeError } from '@tfjs-moe/core';
import { rBar } from './r-bar.ts';

/** The gates that the papers have losses for. */
export type Family = 'softmax' | 'temperature' | 'hierarchical' | 'sigmoid' | 'topK';

/** An exponent from the number of fitted atoms in the cell. */
export type Exponent = (cell: number) => number;

/** The name of a Voronoi loss, as its paper has it. */
export type LossName =
  /** Softmax, equation (6): exact cells to the power 1, over-fitted ones squared. */
  | 'D1'
  /** Softmax, linear experts, equation (10): all to the power r. */
  | 'D2'
  /** Temperature, equation (16): all to the power r. */
  | 'D3'
  /** Temperature, equation (18): as D1, with $\tau$. */
  | 'D4'
  /** Hierarchical softmax, equation (25): as D1 in every group. */
  | 'D5'
  /** Hierarchical softmax, linear experts, equation (29): all to the power r. */
  | 'D6'
  /** Sigmoid, regime 1. */
  | 'sigmoidD1'
  /** Sigmoid, regime 1 without strong identifiability: all to the power r. */
  | 'sigmoidD2'
  /** Sigmoid, regime 2: all to the power 1. */
  | 'sigmoidD3'
  /** Gaussian experts under top-K or softmax, fitted with the true number of atoms. */
  | 'topKD1'
  /** Gaussian linear experts under top-K or softmax, over-fitted: exponents from `rBar`. */
  | 'topKD2'
  /** The experts alone, $\sum_j \min_i \lVert\eta_i - \eta^*_j\rVert$, for any gates, also two different ones. Ours. */
  | 'experts';

/** How a loss raises the parts of a difference. */
export interface LossTerms {
  /** Gates that it is for; all if absent, and the two may differ. */
  readonly gates?: readonly Family[];
  readonly gate: Exponent;
  readonly temperature?: Exponent;
  /** Of a part of the experts, where each has its own norm; else of all of them in one. */
  readonly part?: (name: string) => Exponent;
  readonly expert: Exponent;
  /** Of the variance, where there is one. */
  readonly variance?: Exponent;
}

const linear: Exponent = () => 1;
const linearOrSquare: Exponent = (cell) => (cell > 1 ? 2 : 1);
const bar: Exponent = (cell) => (cell > 1 ? rBar(cell) : 1);
const halfBar: Exponent = (cell) => (cell > 1 ? rBar(cell) / 2 : 1);

const dense: readonly Family[] = ['softmax'];
const sparse: readonly Family[] = ['topK', 'softmax'];

/**
 * The terms of a loss; `r` where it has that exponent.
 * @param bias the name of the experts' intercept, where they have one
 */
export function lossTerms(name: LossName, r: number, bias: string | undefined): LossTerms {
  const power: Exponent = () => r;
  const all = (exponent: Exponent) => ({ gate: exponent, expert: exponent });
  const byPart = (exponent: Exponent) => ({ ...all(exponent), part: () => exponent });
  switch (name) {
    case 'D1':
      return { gates: dense, ...all(linearOrSquare) };
    case 'D2':
      return { gates: dense, ...byPart(power) };
    case 'D3':
      return { gates: ['temperature'], ...all(power), temperature: power };
    case 'D4':
      return { gates: ['temperature'], ...all(linearOrSquare), temperature: linearOrSquare };
    case 'D5':
      return { gates: ['hierarchical'], ...all(linearOrSquare) };
    case 'D6':
      return { gates: ['hierarchical'], ...byPart(power) };
    case 'sigmoidD1':
      return { gates: ['sigmoid'], ...all(linearOrSquare) };
    case 'sigmoidD2':
      return { gates: ['sigmoid'], ...all(power) };
    case 'sigmoidD3':
      return { gates: ['sigmoid'], ...all(linear) };
    case 'topKD1':
      return { gates: sparse, ...byPart(linear), variance: linear };
    case 'topKD2':
      // b and beta_1 to the power r-bar; a and the variance, which second derivatives in b can make up for, to half of it.
      return {
        gates: sparse,
        gate: bar,
        expert: halfBar,
        part: (part) => (part === bias ? bar : halfBar),
        variance: halfBar,
      };
    case 'experts':
      return all(linear);
    default:
      throw new MoeError('voronoiLoss', `loss must be one of ${lossNames.join(', ')}`, name);
  }
}

/** The losses that take r. */
export const lossesWithPower: readonly LossName[] = ['D2', 'D3', 'D6', 'sigmoidD2'];

/**
 * The Voronoi losses by name: which gate each is for, what its terms are raised to, and where it is printed.
 *
 * `D1` to `D6` are those of Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, `sigmoidD1` to `sigmoidD3` those of
 * arXiv:2405.13997, `topKD1` and `topKD2` those of arXiv:2309.13850, which for a dense softmax are those of
 * arXiv:2305.03288.
 */
export const lossNames: readonly LossName[] = [
  'D1',
  'D2',
  'D3',
  'D4',
  'D5',
  'D6',
  'sigmoidD1',
  'sigmoidD2',
  'sigmoidD3',
  'topKD1',
  'topKD2',
  'experts',
];
