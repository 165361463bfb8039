import { stream } from '@tfjs-moe/core';
import { convertedTensor } from '../convert/converted-tensor.ts';
import { families } from '../families/families.ts';
import type { FamilyName } from '../families/family.ts';
import { type Checkpoint, floatsOf, tensorData } from '../safetensors/index.ts';
import type { DenseBlock } from './dense-blocks.ts';
import type { RowTensor } from './row-tensor.ts';

/** What experts are made of. */
export interface UpcycledSettings {
  readonly family: FamilyName;
  readonly experts: number;
  /** Experts that share the hidden units; 1 for whole copies. */
  readonly groups: number;
  readonly seed: number;
  readonly deviation: number;
}

/** The mixture that takes the place of a dense network, under the names of a family. */
export async function upcycledTensors(
  checkpoint: Checkpoint,
  dense: DenseBlock,
  { deviation, experts, family: name, groups, seed }: UpcycledSettings,
): Promise<RowTensor[]> {
  const family = families[name];
  const prefix = `${dense.layerPrefix}${family.blocks[0]}.`;
  const { down, gate, up } = family.perExpert!;
  const tensors: RowTensor[] = [routerOf()];
  for (let e = 0; e < experts; e++)
    for (const [own, part] of [
      [dense.gate, gate],
      [dense.up, up],
      [dense.down, down],
    ] as const) {
      const at = `${prefix}experts.${e}.${part}.weight`;
      if (groups > 1) tensors.push(shardOf(own, at, e % groups));
      // With the factors of kernels in few bits.
      else
        for (const each of dense.all.filter((every) => every.startsWith(own)))
          tensors.push({
            ...(await convertedTensor(checkpoint, each, undefined, true)),
            name: at + each.slice(own.length),
          });
    }
  return tensors;

  /** Experts of one network have one and the same row. */
  function routerOf(): RowTensor {
    const { dtype: own, features, layer } = dense;
    const dtype = own === 'F32' || own === 'F16' ? own : 'BF16';
    const at = prefix + family.routers[0];
    async function* chunks(): AsyncIterable<Uint8Array> {
      const rows = new Float32Array(experts * features);
      for (let e = 0; e < experts; e++) {
        const random = stream(seed, 'router', layer, Math.floor(e / groups));
        for (let d = 0; d < features; d++) rows[e * features + d] = deviation * random.normal();
      }
      yield tensorData(at, dtype, [experts, features], rows).bytes;
    }
    return { name: at, dtype, shape: [experts, features], chunks };
  }

  /** Some of the hidden units: rows of what leads to them, columns of what leads on, which carries the number of groups. */
  function shardOf(own: string, at: string, shard: number): RowTensor {
    const { dtype, features: D, hiddenUnits: I } = dense;
    const size = I / groups;
    if (own !== dense.down)
      return {
        ...{ name: at, dtype, shape: [size, D] },
        async *chunks() {
          yield (await checkpoint.readRows(own, shard * size, (shard + 1) * size)).bytes;
        },
      };
    return {
      ...{ name: at, dtype, shape: [D, size] },
      async *chunks() {
        const numbers = floatsOf(await checkpoint.read(own));
        const part = Float32Array.from({ length: D * size }, (_, i) => {
          const [row, column] = [Math.floor(i / size), i % size];
          return groups * numbers[row * I + shard * size + column]!;
        });
        yield tensorData(at, dtype, [D, size], part).bytes;
      },
    };
  }
}
