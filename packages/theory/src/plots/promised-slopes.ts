/** Rates as slopes of a loss against n, on logarithmic axes. */
import type { Rate } from '../rates/rate.ts';

/** A rate, and how steeply the loss falls for it. */
export interface PromisedSlope {
  /** What is estimated at this rate: `regression function, exact atoms`. */
  readonly quantities: readonly string[];
  readonly rate: string;
  /** The power of n: -1/2, or 0 where no power of n is promised. */
  readonly slope: number;
}

const POWER = /^n\^\(-(\d+)\/(\d+)\)$/;

/** The rates that something is known of, the steepest first, each once. */
export function promisedSlopes(rates: readonly Rate[]): PromisedSlope[] {
  const known = rates.filter(({ rate }) => rate !== 'unknown');
  return [...new Set(known.map(({ rate }) => rate))]
    .map((rate) => ({
      quantities: known.filter((each) => each.rate === rate).map(({ quantity }) => quantity),
      rate,
      slope: slopeOf(rate),
    }))
    .sort((a, b) => a.slope - b.slope);
}

/** `none` and `slower than any polynomial` are no power of n: their losses stay, as far as a picture goes. */
function slopeOf(rate: string): number {
  const power = POWER.exec(rate);
  return power === null ? 0 : -Number(power[1]) / Number(power[2]);
}
