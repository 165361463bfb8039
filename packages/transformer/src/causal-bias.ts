/** Next to a logit of any size as good as minus infinity, of which a whole row would be NaN after a softmax. */
export const FORBIDDEN: number = -1e9;

/**
 * What is added to the logits of attention, [heads, tokens, tokens]: what comes later is forbidden, and with `linear`
 * what lies further back is less likely, more so in the first heads.
 */
export function causalBias(heads: number, tokens: number, linear: boolean): Float32Array {
  const bias = new Float32Array(heads * tokens * tokens);
  for (let head = 0; head < heads; head++) {
    const slope = linear ? 2 ** ((-8 * (head + 1)) / heads) : 0;
    for (let to = 0; to < tokens; to++) {
      const row = (head * tokens + to) * tokens;
      for (let from = 0; from < tokens; from++)
        bias[row + from] = from > to ? FORBIDDEN : -slope * (to - from);
    }
  }
  return bias;
}
