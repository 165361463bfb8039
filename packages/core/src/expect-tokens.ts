import { development } from '@tfjs-moe/core/hints';
import { MoeError } from './errors.ts';

/** Checks how many tokens `topTokens` is asked for. */
export function expectTokenCount(count: number): number {
  if (!development || (Number.isInteger(count) && count >= 0)) return count;
  throw new MoeError('topTokens', 'count must return an integer of at least 0', count);
}

/** What is known of the sequences of a batch; refused where the input has none. */
export function expectSequences<T>(sequences: T | undefined): T {
  if (sequences !== undefined) return sequences;
  throw new MoeError('inSequences', 'needs an input of sequences: [batch, tokens, features] or more axes');
}
