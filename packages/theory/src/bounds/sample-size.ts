import { expectInteger, expectKnownOptions, expectPositive, MoeError } from '@tfjs-moe/core';
import type { Rate } from '../rates/rate.ts';

/** Options of `sampleSize`: what is wanted, and an error that is known. */
export interface SampleSizeOptions {
  /** The error that is wanted, positive. */
  readonly accuracy: number;
  /** A sample size with its error, from a study or a simulation: it sets the constant that no theorem gives. */
  readonly at: { readonly n: number; readonly error: number };
}

/**
 * How many rows an accuracy needs by a proven rate $(\log n / n)^\gamma$: the n with
 * $(\log n / n)^\gamma = (\log n_0 / n_0)^\gamma\,\varepsilon / \varepsilon_0$, from an error $\varepsilon_0$ that is known at $n_0$.
 *
 * Rates say how an error falls and not how large it is; where asymptotics have not set in at $n_0$, the answer is not to be
 * trusted. With $\gamma = 1/4$ half of the error needs 16 times the rows and more, with $1/8$ it needs 256 times as many.
 *
 * @param of one of `rates`
 * @throws MoeError for a rate that no theorem proves or that is slower than any polynomial: no number of rows follows
 */
export function sampleSize(of: Rate, options: SampleSizeOptions): number {
  const who = 'sampleSize';
  if (typeof of?.rate !== 'string' || typeof of.status !== 'string')
    throw new MoeError(who, 'rate must be one of those that rates returns', of);
  expectKnownOptions(who, options, ['accuracy', 'at']);
  const accuracy = expectPositive(who, 'accuracy', options.accuracy);
  expectKnownOptions(who, options.at, ['n', 'error']);
  const n = expectInteger(who, 'at.n', options.at.n, { min: 3 });
  const error = expectPositive(who, 'at.error', options.at.error);
  const power = /^n\^\(-1\/(\d+)\)$/.exec(of.rate)?.[1];
  if (of.status !== 'proved in the paper' || power === undefined)
    throw new MoeError(who, `no number of rows follows from a rate that is ${of.status}`, of.rate);
  // log(log n / n), which falls for n > e.
  const level = Math.log(Math.log(n) / n) + Number(power) * Math.log(accuracy / error);
  let [low, high] = [1, 1];
  while (Math.log(high) - high > level) high *= 2;
  // In u = log n.
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (Math.log(middle) - middle > level) low = middle;
    else high = middle;
  }
  return Math.ceil(Math.exp(high) * (1 - 1e-12));
}
