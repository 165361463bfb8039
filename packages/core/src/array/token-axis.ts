import { expectTokenCount } from '../expect-tokens.ts';
import type { GateOps } from '../gate-ops.ts';
import { map } from './array-ops.ts';
import { type ArrayValue, at, build } from './value.ts';

/** The operations of GateOps that look at several tokens at once. */
export type TokenAxis = Pick<GateOps<ArrayValue>, 'sumTokens' | 'meanTokens' | 'softmaxTokens' | 'topTokens'>;

/** What the interpretation knows of the tokens. */
export interface TokensKnown {
  /** 1 for a token that counts, 0 for padding, one per token. */
  readonly mask?: readonly number[] | undefined;
  /** Number of tokens, for sums of what does not vary with them. */
  readonly tokens?: number | undefined;
}

/**
 * Sums, softmax and selection over the tokens on plain arrays: over all of them, or inside each of `sequences` equal runs.
 */
export function tokenAxis({ mask, tokens: known }: TokensKnown, sequences?: number): TokenAxis {
  const counts = (token: number) => mask === undefined || mask[token] !== 0;
  const tokensOf = (a: ArrayValue) => Math.max(a.tokens, mask?.length ?? 1, known ?? 1);

  /** The tokens among which a token stands, without padding. */
  function among(a: ArrayValue, token: number): number[] {
    const length = tokensOf(a) / (sequences ?? 1);
    const first = Math.floor(token / length) * length;
    return Array.from({ length }, (_, i) => first + i).filter(counts);
  }

  function reduce(a: ArrayValue, of: (values: readonly number[]) => number): ArrayValue {
    const tokens = sequences === undefined ? 1 : tokensOf(a);
    return build({ ...a, tokens }, (t, e, r, f) => of(among(a, t).map((token) => at(a, token, e, r, f))));
  }

  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  return {
    sumTokens: (a) => reduce(a, sum),
    meanTokens: (a) => reduce(a, (values) => sum(values) / Math.max(values.length, 1)),
    softmaxTokens(logits) {
      return build(logits, (t, e, r, f) => {
        if (!counts(t)) return 0;
        const own = at(logits, t, e, r, f);
        const others = among(logits, t).map((token) => at(logits, token, e, r, f));
        const exps = others.filter((value) => !Number.isNaN(value)).map((value) => Math.exp(value - own));
        return Number.isNaN(own) ? own : 1 / sum(exps);
      });
    },
    topTokens(scores, count) {
      const most = expectTokenCount(count(tokensOf(scores) / (sequences ?? 1)));
      const ordered = map(scores, (score) => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score));
      return build(ordered, (t, e) => {
        const own = at(ordered, t, e, 0, 0);
        const better = among(ordered, t).filter((token) => {
          const other = at(ordered, token, e, 0, 0);
          return other > own || (other === own && token < t);
        });
        return counts(t) && better.length < most ? 1 : 0;
      });
    },
  };
}
