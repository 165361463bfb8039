/** What a live example hands to its pictures after every training step. */
import type { Mixture } from './mixture.ts';

export interface Training {
  readonly step: number;
  /** Training loss of every step so far, without balance losses unless the example says so. */
  readonly losses: readonly number[];
  /** Fraction of the tokens that each expert was sent, for every step so far. */
  readonly loads: readonly (readonly number[])[];
  readonly mixture: Mixture;
}
