import { MoeError } from '@tfjs-moe/core';
import { lawOfWeights, selects } from '@tfjs-moe/measures';
import type { Column } from '@tfjs-moe/numerics';
import { each, evaluateGate, type LogitsFrom } from './evaluate-definition.ts';
import type { Layout } from './layout.ts';

/**
 * The first name that is true at all trials.
 * @throws MoeError if the weights do not sum to 1, for then they are no probabilities
 */
export function findLogits(
  who: string,
  layout: Layout,
  input: readonly Column[],
  trials: readonly Float64Array[],
): LogitsFrom {
  const { experts, gate } = layout.shape;
  for (const from of ['logWeights', 'logits'] as const) {
    if (trials.every((numbers) => isLogWeights(layout, input, numbers, from))) return from;
  }
  for (const numbers of trials) {
    const { weights } = evaluateGate(layout, input, numbers, 0, 'weights');
    const law = lawAt(layout, input, weights);
    for (let from = 0; from < law.length; from += experts) {
      const sum = law.subarray(from, from + experts).reduce((a, b) => a + b, 0);
      if (Math.abs(sum - 1) > 1e-9 && !(sum === 0 && selects(layout.shape))) {
        throw new MoeError(
          who,
          `the weights of the gate (${gate.kind}) must sum to 1, or they are no probabilities ` +
            '(sigmoid: normalize: true; temperature: renormalize: true)',
          sum,
        );
      }
    }
  }
  return 'weights';
}

/** Whether the softmax over the selected experts of what stands under a name is the law. */
export function isLogWeights(
  layout: Layout,
  input: readonly Column[],
  numbers: Float64Array,
  from: 'logWeights' | 'logits',
): boolean {
  const { experts } = layout.shape;
  let parts: ReturnType<typeof evaluateGate>;
  try {
    parts = evaluateGate(layout, input, numbers, 0, from);
  } catch (error) {
    if (error instanceof MoeError) return false;
    throw error;
  }
  const law = lawAt(layout, input, parts.weights);
  const [logits, selected] = [parts.logits, parts.selected].map((grid) =>
    each(grid, experts, 1).map(([jet]) => jet!.value),
  ) as [Column[], Column[]];
  const rows = law.length / experts;
  for (let i = 0; i < rows; i++) {
    // All weights of a selection may have underflowed, where their logarithms have not.
    if (selects(layout.shape) && law.subarray(i * experts, (i + 1) * experts).every((g) => g === 0)) continue;
    const inside = logits.map((column, e) =>
      valueAt(selected[e]!, i) === 1 ? valueAt(column, i) : -Infinity,
    );
    const largest = Math.max(...inside);
    const exps = inside.map((z) => Math.exp(z - largest));
    const sum = exps.reduce((a, b) => a + b, 0);
    if (exps.some((exp, e) => !(Math.abs(exp / sum - law[i * experts + e]!) <= 1e-9))) return false;
  }
  return true;
}

/** [rows, experts]. */
function lawAt(
  { shape }: Layout,
  input: readonly Column[],
  weights: ReturnType<typeof evaluateGate>['weights'],
): Float64Array {
  const rows = Math.max(...input.map((column) => (typeof column === 'number' ? 1 : column.length)));
  const result = new Float64Array(rows * shape.experts);
  each(weights, shape.experts, 1).forEach(([jet], e) => {
    for (let i = 0; i < rows; i++) result[i * shape.experts + e] = valueAt(jet!.value, i);
  });
  return lawOfWeights(shape, result);
}

function valueAt(column: Column, row: number): number {
  return typeof column === 'number' ? column : column[row]!;
}
