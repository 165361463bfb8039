/** What an expert is worth, over the tokens of a sample. */
export interface Saliency {
  /** Tokens that each expert is selected for. */
  readonly frequency: readonly number[];
  /** REAP: the mean over an expert's tokens of its weight times the length of its output; 0 where it has none. */
  readonly reap: readonly number[];
}

/**
 * How much experts matter, from what each makes of every token and from the routing.
 *
 * $S_e = \frac{1}{|T_e|} \sum_{t \in T_e} w_{te} \lVert f_e(x_t) \rVert_2$, with weights over their sum where `renormalize`
 * is true.
 *
 * Source: Lasby et al., "REAP the Experts: Why Pruning Prevails for One-Shot MoE compression" (2025), equation (9).
 *
 * @param outputs of every expert [T, U], row by row
 * @param weights_TE 0 where an expert is not selected
 * @param selected_TE 0 or 1
 */
export function saliencyOf(
  outputs: readonly ArrayLike<number>[],
  weights_TE: readonly ArrayLike<number>[],
  selected_TE: readonly ArrayLike<number>[],
  renormalize: boolean,
): Saliency {
  const experts = outputs.length;
  const units = outputs[0]!.length / selected_TE.length;
  const frequency = Array<number>(experts).fill(0);
  const total = Array<number>(experts).fill(0);
  selected_TE.forEach((selected, t) => {
    const weights = Array.from(weights_TE[t]!);
    const sum = renormalize ? weights.reduce((all, weight) => all + weight, 0) : 1;
    for (let e = 0; e < experts; e++) {
      if (selected[e] === 0) continue;
      let squares = 0;
      for (let u = t * units; u < (t + 1) * units; u++) squares += outputs[e]![u]! ** 2;
      frequency[e]!++;
      total[e]! += (weights[e]! / (sum || 1)) * Math.sqrt(squares);
    }
  });
  return { frequency, reap: total.map((each, e) => (frequency[e] === 0 ? 0 : each / frequency[e]!)) };
}
