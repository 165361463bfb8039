import type { Family, LawColumns, MixingMeasure } from '@tfjs-moe/measures';
import { type Columns, rowsThatCount } from '../../sample.ts';
import type { Coordinates } from './coordinates.ts';
import type { Layout } from './layout.ts';
import type { Source } from './part.ts';
import type { Penalty } from './penalty/penalty.ts';
import type { Selection } from './selection.ts';

/**
 * Problem: a likelihood to be maximised, whatever gate, expert and response it is of.
 */
export interface Problem {
  readonly layout: Layout;
  readonly data: Columns;
  readonly coordinates: Coordinates;
  readonly source: Source;
  readonly family: Family;
  /** The law of the response given an expert's outputs, at the rows of the data. */
  readonly law: LawColumns;
  /** The response on the scale of outputs, in their units: $\log(y + \tfrac12)$ of counts. */
  readonly onOutputScale: Float64Array;
  /** Further responses on that scale, where there are some. */
  readonly moreOnOutputScale?: readonly Float64Array[];
  /** Added to the log-likelihood: the response may have been scaled. */
  readonly logScale: number;
  /** The columns that outputs are linear combinations of, the same for every expert, where they are that. */
  readonly expertColumns?: readonly Float64Array[];
  /** Whether the M-step of the experts is weighted least squares, exact in one step: linear outputs under normal noise. */
  readonly isLeastSquares: boolean;
  /** Coordinates that multiply columns of unit length in logits, from the first: the gate's, and those of classes. */
  readonly unitLogits: number;
  /** Of each expert, between which numbers $\log\varphi$ stays, in coordinates; at one end there may be no maximum. */
  readonly dispersionBounds: readonly DispersionBounds[];
  /**
   * Of several responses: between which numbers the logarithms of the deviations of `Innovations` stay, by their place among the
   * coordinates. Where one is smallest, a combination of responses vanishes in an expert.
   */
  readonly innovationBounds?: ReadonlyMap<number, DispersionBounds> | undefined;
  /** Numbers of the layout that were left out because their column depends on others. */
  readonly aliased: readonly number[];
  /** What holds between coefficients, where something does. */
  readonly structure?: Structured | undefined;
  /** What is taken off the log-likelihood for large coefficients, where something is. */
  readonly penalty?: Penalty | undefined;
  /** Of a gate that sends a row to some experts only. */
  readonly selection?: Selection | undefined;
  /** The point of a measure whose numbers are in standard units; nothing where points start at rest. */
  fromStandard?(measure: MixingMeasure): Float64Array;
  /** Whether a point is finite and inside the constraints of gate and expert. */
  isAllowed(at: Float64Array): boolean;
}

/** Coefficients that are not free, or not of each other. */
export interface Structured {
  /** Numbers of the layout that have a value once and for all. */
  readonly fixed: ReadonlySet<number>;
  /** Whether everything that holds does so too where two experts have changed places. */
  isExchangeable(a: number, b: number): boolean;
}

/** Bounds of the logarithm of a dispersion. */
export interface DispersionBounds {
  readonly low: number;
  readonly high: number;
  /** The end at which the likelihood has no bound. */
  readonly degenerate?: 'low' | 'high' | undefined;
}

/** The logarithm of an expert's dispersion, in coordinates; 0 of one that has none. */
export function logDispersionOf({ coordinates }: Problem, at: Float64Array, expert: number): number {
  const { noiseOf, fixedNoise } = coordinates;
  const place = noiseOf[expert]!;
  return place < 0 ? fixedNoise[expert]! : at[place]!;
}

/** What has bounds among the coordinates, by its place: logarithms of dispersions, and of deviations of innovations. */
type Bounded = Pick<Problem, 'coordinates' | 'dispersionBounds' | 'innovationBounds'>;

/** The places of the coordinates that have bounds. */
export function boundedPlaces({ coordinates, innovationBounds }: Bounded): number[] {
  const { firstNoise, size } = coordinates;
  const noises = Array.from({ length: size - firstNoise }, (_, s) => firstNoise + s);
  return [...(innovationBounds?.keys() ?? []), ...noises];
}

/** The bounds of a coordinate that has some: of a dispersion, those of the experts that have it. */
export function boundsAt(
  { coordinates: { noiseOf }, dispersionBounds, innovationBounds }: Bounded,
  place: number,
): DispersionBounds {
  const innovation = innovationBounds?.get(place);
  if (innovation !== undefined) return innovation;
  const own = dispersionBounds.filter((_, e) => noiseOf[e] === place);
  return own.reduce((a, b) => ({
    low: Math.max(a.low, b.low),
    high: Math.min(a.high, b.high),
    degenerate: a.degenerate ?? b.degenerate,
  }));
}

/** The fewest rows that an expert may have: as many as it has numbers. */
export function smallestRows({ coordinates, family, law, layout, penalty }: Problem): number {
  // A penalty determines coefficients, however few rows there are.
  if (penalty !== undefined) return 2;
  const numbers =
    (coordinates.firstNoise - coordinates.firstExpert) / (layout.shape.experts - (layout.zeroExpert ? 1 : 0));
  if (law.units > (layout.shape.units ?? 1)) return numbers / (layout.shape.units ?? 1);
  return family.isClass === true ? 1 : numbers + (family.dispersion === undefined ? 0 : 1);
}

/** What a row weighs on average, at most 1: below it, weights are only relative, as those of a survey with sum 1. */
export function rowWeightOf({ data }: Problem): number {
  return Math.min(1, data.totalWeight / rowsThatCount(data).length);
}

/** The same by weight, where weights that are only relative count as many rows as there are. */
export function smallestSize(problem: Problem): number {
  return smallestRows(problem) * rowWeightOf(problem);
}
