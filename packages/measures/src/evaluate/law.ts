/**
 * The weights of a gate as a law of the expert: $g_e(x) = w_e(x) / \sum_j w_j(x)$ where the gate selects.
 *
 * A gate that selects may leave weights whose sum is not 1: top-1 keeps the softmax's weight for the sake of its gradient,
 * and top-K does where it is not told to divide. A law has sum 1: the papers' top-K model is the softmax over the selected
 * logits, $-\infty$ for the others. `simulate` of `@tfjs-moe/datasets` draws by the same rule. A gate that selects every
 * expert is taken at its word, so that plain sigmoid weights are no law.
 *
 * Source: Nguyen, Akbarian, Yan and Ho (2024), arXiv:2309.13850.
 */
import type { Gate } from '@tfjs-moe/core';

/** Whether a gate sends a row to some of the experts only, by their number. */
export function selects({ gate, experts }: { readonly gate: Gate; readonly experts: number }): boolean {
  return gate.expertsPerToken(experts) < experts;
}

/** [rows, experts] of weights as probabilities, where the gate selects; elsewhere the weights themselves. */
export function lawOfWeights(
  shape: { readonly gate: Gate; readonly experts: number },
  weights: Float64Array,
): Float64Array {
  if (!selects(shape)) return weights;
  const { experts } = shape;
  const result = weights.slice();
  for (let from = 0; from < result.length; from += experts) {
    const row = result.subarray(from, from + experts);
    const sum = row.reduce((total, weight) => total + weight, 0);
    if (sum > 0) for (let e = 0; e < experts; e++) row[e] = row[e]! / sum;
  }
  return result;
}
