import { MoeError } from '@tfjs-moe/core';
import type { Checkpoint, Dtype } from '../safetensors/index.ts';

/** The dense network of one layer of a model: $W_d (\sigma(W_g x) \odot W_u x)$. */
export interface DenseBlock {
  readonly layer: number;
  /** `model.layers.3.` */
  readonly layerPrefix: string;
  /** Names in the model: [I, D], [I, D], [D, I]. */
  readonly gate: string;
  readonly up: string;
  readonly down: string;
  readonly features: number;
  readonly hiddenUnits: number;
  readonly dtype: Dtype;
  /** Everything of the network: kernels, and factors where they are in few bits. */
  readonly all: readonly string[];
}

/**
 * The dense networks of a model, as Llama, Mistral and Qwen have them.
 * @throws MoeError for a model that has none, or has biases or kernels of other shapes, all of them in one
 */
export async function denseBlocks(
  who: string,
  checkpoint: Checkpoint,
): Promise<readonly [DenseBlock, ...DenseBlock[]]> {
  const blocks: DenseBlock[] = [];
  const problems: string[] = [];
  for (const gate of checkpoint.names) {
    const [, layerPrefix, number] = /^((?:.*\.)?layers\.(\d+)\.)mlp\.gate_proj\.weight$/.exec(gate) ?? [];
    if (layerPrefix === undefined) continue;
    const { dtype, shape } = await checkpoint.info(gate);
    const [I, D] = shape as [number, number];
    const folder = `${layerPrefix}mlp.`;
    const [up, down] = [`${folder}up_proj.weight`, `${folder}down_proj.weight`];
    for (const [name, wanted] of [
      [gate, [I, D]],
      [up, [I, D]],
      [down, [D, I]],
    ] as const) {
      const found = checkpoint.has(name) ? (await checkpoint.info(name)).shape.join(', ') : undefined;
      if (found !== wanted.join(', '))
        problems.push(`${name} must be [${wanted.join(', ')}] and is ${found ?? 'missing'}`);
    }
    const all = checkpoint.names.filter((name) => name.startsWith(folder));
    const kernel = /^(gate|up|down)_proj\.weight/;
    problems.push(
      ...all
        .filter((name) => !kernel.test(name.slice(folder.length)))
        .map((name) => `${name} has no place in an expert`),
    );
    blocks.push({
      ...{ layer: Number(number), layerPrefix, gate, up, down },
      ...{ features: D, hiddenUnits: I, dtype, all },
    });
  }
  if (problems.length > 0)
    throw new MoeError(who, `the dense networks cannot be experts: ${problems.join('; ')}`);
  const [first, ...others] = blocks.sort((a, b) => a.layer - b.layer);
  if (first !== undefined) return [first, ...others];
  throw new MoeError(who, 'the checkpoint has no layers.N.mlp.gate_proj.weight', checkpoint.name);
}
