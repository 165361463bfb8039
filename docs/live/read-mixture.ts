/** Takes a layer's parameters out of tfjs. */
import type { Config } from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import type { Mixture } from './mixture.ts';

export function readMixture(layer: MixtureOfExperts): Mixture {
  const { experts, gate, expert } = layer.getConfig() as unknown as Omit<Mixture, 'parameters' | 'inputDim'>;
  const { batchInputShape } = layer as unknown as { batchInputShape: readonly (number | null)[] };
  return {
    experts,
    inputDim: batchInputShape.at(-1)!,
    gate: gate as Config,
    expert: expert as Config,
    parameters: Object.fromEntries(
      layer.weights.map((weight) => {
        const name = weight.originalName.replace(/^.*?(?=(gate|expert)\/)/, '');
        return [name, Array.from(weight.read().dataSync(), rounded)];
      }),
    ),
  };
}

/** To seven digits: float32 has no more, and the page is smaller. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}
