import type { MixingMeasure } from '@tfjs-moe/measures';
import type { Columns } from '../../sample.ts';
import type { Coordinates } from './coordinates.ts';
import type { Density } from './density.ts';
import type { Layout } from './layout.ts';
import type { Source } from './part.ts';
import type { ResponseUnits } from './response.ts';
import type { Selection } from './selection.ts';

/**
 * Problem: a likelihood to be maximised, whatever gate, expert and response it is of.
 */
export interface Problem {
  readonly layout: Layout;
  readonly data: Columns;
  readonly coordinates: Coordinates;
  readonly source: Source;
  readonly density: Density;
  /** What outputs are in. */
  readonly units: ResponseUnits;
  /** Added to the log-likelihood: the response may have been scaled. */
  readonly logScale: number;
  /** The columns that outputs are linear combinations of, the same for every expert, where they are that. */
  readonly expertColumns?: readonly Float64Array[];
  /** Whether every output is linear in the coordinates, so that a scoring step is exact. */
  readonly linearOutputs: boolean;
  /** Coordinates that multiply columns of unit length in logits, from the first: the gate's, and those of classes. */
  readonly unitLogits: number;
  /** Smallest $\log\sigma$ in coordinates. */
  readonly logSigmaFloor: number;
  /** Numbers of the layout that were left out because their column depends on others. */
  readonly aliased: readonly number[];
  /** Of a gate that sends a row to some experts only. */
  readonly selection?: Selection | undefined;
  /** The point of a measure whose numbers are in standard units; nothing where points start at rest. */
  fromStandard?(measure: MixingMeasure): Float64Array;
  /** Whether a point is finite and inside the constraints of gate and expert. */
  isAllowed(at: Float64Array): boolean;
}

/** $\log\sigma$ of an expert, in coordinates. */
export function logSigmaOf({ coordinates }: Problem, at: Float64Array, expert: number): number {
  const { firstNoise, noises } = coordinates;
  return noises === 0 ? 0 : at[firstNoise + (noises === 1 ? 0 : expert)]!;
}

/** The fewest rows that an expert may have, by weight: as many as it has numbers. */
export function smallestSize({ coordinates, density, layout }: Problem): number {
  const numbers = (coordinates.firstNoise - coordinates.firstExpert) / layout.shape.experts;
  return density.hasNoise ? numbers + 1 : 1;
}
