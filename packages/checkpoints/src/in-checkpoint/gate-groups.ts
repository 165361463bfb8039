import { type Config, MoeError } from '@tfjs-moe/core';
import { convertedTensor } from '../convert/converted-tensor.ts';
import { routingOf } from '../families/routing.ts';
import { type Checkpoint, floatsOf } from '../safetensors/index.ts';
import type { BlockOfModel } from './blocks-of-model.ts';
import type { RowTensor } from './row-tensor.ts';
import { gateLayer } from './run-block.ts';

/** Groups of experts of which a gate selects some first; 1 where it has none. */
export function groupsOf({ family, settings, sizes }: BlockOfModel): number {
  const inside = (config: Config): number => {
    const { gate, groups } = config as { gate?: Config; groups?: number };
    return gate === undefined ? (groups ?? 1) : inside(gate);
  };
  return inside(routingOf(family, sizes, settings).gate as unknown as Config);
}

/** A block with fewer experts, where its gate can have them. */
export function expectSmaller(who: string, block: BlockOfModel, to: number): BlockOfModel {
  const groups = groupsOf(block);
  if (to % groups !== 0)
    throw new MoeError(who, `to must be a multiple of the ${groups} groups of experts of the gate`, to);
  const smaller = { ...block, sizes: { ...block.sizes, experts: to } };
  // The gate says what it needs: as many experts as a token has, and groups of two.
  gateLayer(smaller, routingOf(block.family, smaller.sizes, block.settings)).dispose();
  return smaller;
}

/** The lengths of the rows of a router. */
export async function routerNorms(checkpoint: Checkpoint, block: BlockOfModel): Promise<number[]> {
  return (await routerRows(checkpoint, block)).map((row) =>
    Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)),
  );
}

/** The rows of a router, one for each expert. */
export async function routerRows(
  checkpoint: Checkpoint,
  { layout, sizes }: BlockOfModel,
): Promise<Float32Array[]> {
  const kernel = floatsOf(await checkpoint.read(layout.router));
  const { experts, features } = sizes;
  return Array.from({ length: experts }, (_, e) => kernel.subarray(e * features, (e + 1) * features));
}

/** All tensors of a checkpoint, to be written as they are. */
export async function allTensors(checkpoint: Checkpoint): Promise<Map<string, RowTensor>> {
  const tensors = new Map<string, RowTensor>();
  for (const name of checkpoint.names)
    tensors.set(name, await convertedTensor(checkpoint, name, undefined, true));
  return tensors;
}
