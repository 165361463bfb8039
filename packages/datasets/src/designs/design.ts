import type { Expert, Gate } from '@tfjs-moe/core';
import { type MixingMeasure, mixingMeasure } from '@tfjs-moe/measures';
import type { Inputs } from '../simulate/inputs.ts';
import type { Noise } from '../simulate/noise.ts';

/** A family of mixtures that is fitted. */
export interface FittedFamily {
  readonly gate: Gate;
  readonly expert: Expert;
  /** The most experts. */
  readonly experts: number;
}

/** A part of a design. */
export type DesignPart = 'measure' | 'inputs' | 'noise' | 'sizes' | 'replicates' | 'fitted' | 'seed';

/**
 * Design: everything a simulation study fixes before it draws: the truth, inputs, noise, sizes, replicates and what is
 * fitted.
 *
 * Papers seldom print all of it. What was not found is ours and listed in `assumed`: agreement or disagreement with the
 * paper's figures then says nothing about that part.
 */
export interface Design {
  /** As `designs` knows it. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** The truth. */
  readonly measure: MixingMeasure;
  /** The law of the inputs. */
  readonly inputs: Inputs;
  /** The law of the response about the mixture. */
  readonly noise: Noise;
  /** Numbers of rows, ascending. */
  readonly sizes: readonly number[];
  /** Samples of each size. */
  readonly replicates: number;
  /** What the paper estimates by. */
  readonly estimator: 'leastSquares' | 'maximumLikelihood';
  /** The families that are fitted to the same samples; none where our gates cannot express the paper's. */
  readonly fitted: readonly FittedFamily[];
  /** No paper states one: 1. */
  readonly seed: number;
  /** Paper and section, or that the design is ours. */
  readonly source: string;
  /** Parts that are wholly or partly ours, because nothing was published or found. */
  readonly assumed: readonly DesignPart[];
  /** What else is to be known. */
  readonly notes: readonly string[];
}

/** Checks the measure and freezes the design; the seed is always ours. */
export function defineDesign({ assumed = [], notes = [], ...given }: DesignDefinition): Design {
  return Object.freeze({
    ...given,
    measure: mixingMeasure(given.measure),
    seed: 1,
    assumed: [...assumed, 'seed'] as const,
    notes,
  });
}

export type DesignDefinition = Omit<Design, 'seed' | 'assumed' | 'notes'> & {
  readonly assumed?: readonly DesignPart[];
  readonly notes?: readonly string[];
};

/** Sizes at equal distances, cut to integers as numpy's `linspace(...).astype(int)` does. */
export function evenSizes(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.trunc(from + (i * (to - from)) / (count - 1)));
}

/** Sizes at equal ratios, rounded. */
export function logSizes(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round(from * (to / from) ** (i / (count - 1))));
}
