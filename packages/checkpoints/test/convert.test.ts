import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type FamilyName, loadMixture } from '@tfjs-moe/checkpoints';
import { type ConvertOptions, convertCheckpoint } from '@tfjs-moe/checkpoints/convert';
import {
  bytesSource,
  type Checkpoint,
  openSafetensors,
  safetensorsChunks,
  type TensorData,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';
import { beforeAll, describe, expect, test } from 'vitest';
import { blockOf, weightsOf } from './families/blocks.ts';

beforeAll(() => tf.setBackend('cpu'));

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function converted(checkpoint: Checkpoint, options: ConvertOptions): Promise<Checkpoint> {
  const files = await convertCheckpoint({ checkpoint }, options);
  expect([...files.keys()]).toEqual(['model.safetensors']);
  return openSafetensors(bytesSource(await collected(files.get('model.safetensors')!)));
}

async function expectSame(one: Checkpoint, other: Checkpoint): Promise<void> {
  expect([...other.names].sort()).toEqual([...one.names].sort());
  for (const name of one.names) expect(await other.read(name), name).toEqual(await one.read(name));
}

const loaded = async (file: Checkpoint, family: FamilyName, config: object) => {
  const layer = await loadMixture(file, { family, config, layer: 3 });
  const weights = weightsOf(layer);
  layer.dispose();
  return weights;
};

describe('convertCheckpoint', () => {
  const both = [
    'minimax',
    'qwen2-moe',
    'qwen3-moe',
    'olmoe',
    'deepseek-v2',
    'deepseek-v3',
    'ernie-4.5',
    'minimax-m2',
    'phi-moe',
  ];
  test.each(both)(
    '%s: the layer is the same in the other layout, and the file is the same after the way back',
    async (name) => {
      const { file, family, config } = await blockOf(name);
      const fused = await converted(file, { layout: 'fused', family });
      expect(fused.names.filter((each) => /experts\.\d/.test(each))).toEqual([]);
      expect(await loaded(fused, family, config)).toEqual(await loaded(file, family, config));
      await expectSame(file, await converted(fused, { layout: 'perExpert', family }));
    },
  );

  test.each(['gpt-oss-mxfp4', 'deepseek-v3-f8'])(
    '%s is decoded where a dtype says into what',
    async (name) => {
      const { file, family, config } = await blockOf(name);
      await expect(converted(file, { layout: 'fused', family })).rejects.toThrow(
        /a dtype must be given for numbers of/,
      );
      const fused = await converted(file, { layout: 'fused', family, dtype: 'F32' });
      expect(fused.names.filter((each) => /_blocks|_scale/.test(each))).toEqual([]);
      expect(await loaded(fused, family, config)).toEqual(await loaded(file, family, config));
    },
  );

  test('bits of NaN and of numbers below the smallest normal one are moved as they are', async () => {
    const at = 'model.layers.0.mlp.';
    const patterns = Uint8Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? i + 1 : 0x7f));
    const kernel = (name: string): TensorData => ({
      name: `${at}${name}.weight`,
      dtype: 'BF16',
      shape: [4, 2],
      bytes: patterns,
    });
    const experts = [0, 1].flatMap((e) => [
      kernel(`experts.${e}.gate_proj`),
      kernel(`experts.${e}.up_proj`),
      { ...kernel(`experts.${e}.down_proj`), shape: [2, 4] },
    ]);
    const router = tensorData(`${at}gate.weight`, 'BF16', [2, 2], [1, 2, 3, 4]);
    const file = await openSafetensors(bytesSource(writeSafetensors([router, ...experts])));
    const there = await converted(file, { layout: 'fused', family: 'qwen3-moe' });
    await expectSame(file, await converted(there, { layout: 'perExpert', family: 'qwen3-moe' }));
  });

  test('slices of a long tensor are rounded as the whole is, in files of the size that was asked for', async () => {
    const numbers = Float64Array.from({ length: 2 ** 20 + 3 }, (_, i) => Math.sin(i));
    const tensors = [
      tensorData('long', 'F64', [numbers.length], numbers),
      tensorData('step', 'I64', [], [7n]),
    ];
    const checkpoint = await openSafetensors(bytesSource(writeSafetensors(tensors, { format: 'pt' })));
    const told: string[] = [];
    const files = await convertCheckpoint(
      { checkpoint },
      { dtype: 'F32', maxShardBytes: 100, onTensor: (name, at, of) => told.push(`${name} ${at} ${of}`) },
    );
    expect([...files.keys()]).toHaveLength(3);
    const bytes = await Promise.all([...files.values()].map(collected));
    const [long, step] = await Promise.all(
      bytes.slice(0, 2).map((each) => openSafetensors(bytesSource(each))),
    );
    expect(await step!.read('step')).toEqual(await checkpoint.read('step'));
    const { bytes: expected } = tensorData('long', 'F32', [numbers.length], numbers);
    expect(Buffer.from(expected).equals((await long!.read('long')).bytes)).toBe(true);
    expect(long!.metadata.get('format')).toBe('pt');
    expect(told.sort()).toEqual(['long 0 2', 'step 1 2']);
  });

  test('never more is read or written at a time than the kernels of one expert', async () => {
    const [experts, features, hidden] = [6, 128, 512];
    const one = features * hidden * 4;
    const at = 'model.layers.0.block_sparse_moe.';
    // Bytes that are only counted: the source has zeros wherever it is read.
    const counted = (name: string, shape: number[]) =>
      ({
        name: at + name,
        dtype: 'F32',
        shape,
        bytes: { length: shape[0]! * shape[1]! * 4 },
      }) as unknown as TensorData;
    const tensors = [
      counted('gate.weight', [experts, features]),
      ...Array.from({ length: experts }, (_, e) => [
        counted(`experts.${e}.w1.weight`, [hidden, features]),
        counted(`experts.${e}.w2.weight`, [features, hidden]),
        counted(`experts.${e}.w3.weight`, [hidden, features]),
      ]).flat(),
    ];
    const [header] = safetensorsChunks(tensors);
    const size = tensors.reduce((sum, { bytes }) => sum + bytes.length, header!.length);
    let most = 0;
    const checkpoint = await openSafetensors({
      name: 'zeros',
      size,
      async read(begin, end) {
        if (begin < header!.length) return header!.subarray(begin, end);
        most = Math.max(most, end - begin);
        return new Uint8Array(end - begin);
      },
    });
    const files = await convertCheckpoint({ checkpoint }, { layout: 'fused', family: 'mixtral' });
    let total = 0;
    let longest = 0;
    for await (const chunk of files.get('model.safetensors')!) {
      longest = Math.max(longest, chunk.length);
      total += chunk.length;
    }
    expect(most).toBe(one);
    expect(longest).toBe(2 * one);
    expect(total).toBeGreaterThan(3 * experts * one);
  });

  test('refuses what a family does not have, and what it does not know', async () => {
    const { file } = await blockOf('granite-moe');
    await expect(converted(file, { layout: 'perExpert', family: 'granite-moe' })).rejects.toThrow(
      /layout of granite-moe must be/,
    );
    const { file: mixtral } = await blockOf('mixtral');
    await expect(converted(mixtral, { layout: 'fused' })).rejects.toThrow(/say which by family/);
    await expect(converted(mixtral, { dtype: 'F64' as never })).rejects.toThrow(/dtype must be one of/);
    await expect(converted(mixtral, { layouts: 1 } as never)).rejects.toThrow(/layouts/);
  });
});
