import { MoeError, stream } from '@tfjs-moe/core';
import { gateTraits, readGate, selects } from '@tfjs-moe/measures';
import { spreadColumn } from '@tfjs-moe/numerics';
import { each, evaluateGate, type LogWeightsFrom } from './evaluate-definition.ts';
import { isKnownForm } from './form-log-weights.ts';
import type { Layout } from './layout.ts';

/**
 * The first source of the logarithms of the weights that is read to be the law of the expert, the weights divided by their
 * sum where the gate selects.
 *
 * Where nothing can be read and there is no form either, the weights are computed once, to refuse those that do not sum to
 * 1; what passes is divided by its sum all the same.
 *
 * @throws MoeError if the weights do not sum to 1, for then they are no probabilities
 */
export function logWeightsFrom(who: string, layout: Layout, input: readonly Float64Array[]): LogWeightsFrom {
  const { gate, experts } = layout.shape;
  const reading = readGate(gate, experts);
  const [name] = reading?.logWeights ?? [];
  if (name !== undefined) return name;
  const { form } = gateTraits(gate, experts);
  if (!selects(layout.shape) && !reading?.sumsToOne) expectProbabilities(who, layout, input);
  return form !== undefined && isKnownForm(form) ? 'form' : 'weights';
}

function expectProbabilities(who: string, layout: Layout, input: readonly Float64Array[]): void {
  const random = stream(0, 'weights');
  const numbers = layout.atRest.map((value, i) => {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } =
      layout.entries[i]!.spec?.constraint ?? {};
    return layout.held.has(i) ? value : Math.min(max, Math.max(min, random.normal()));
  });
  const rows = input[0]!.length;
  const { weights } = evaluateGate(layout, input, numbers, 0, 'weights');
  const columns = each(weights, layout.shape.experts, 1).map(([jet]) => spreadColumn(jet!.value, rows));
  for (let i = 0; i < rows; i++) {
    const sum = columns.reduce((total, own) => total + own[i]!, 0);
    if (Math.abs(sum - 1) <= 1e-9) continue;
    throw new MoeError(
      who,
      `the weights of the gate (${layout.shape.gate.kind}) must sum to 1, or they are no probabilities ` +
        '(sigmoid: normalize: true; temperature: renormalize: true)',
      sum,
    );
  }
}
