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

  test.each(['deepseek-v3', 'ernie-4.5', 'minimax-m2'])(
    '%s: a narrower dtype rounds kernels, and no selection bias, in either layout',
    async (name) => {
      const { file, family, config } = await blockOf(name);
      const exact = (await loaded(file, family, config))['gate/selection_bias']!;
      const biasOf = (one: Checkpoint) => one.names.find((each) => each.endsWith('correction_bias'))!;
      for (const layout of [undefined, 'fused'] as const) {
        const narrow = await converted(file, { dtype: 'BF16', ...(layout && { layout, family }) });
        expect((await narrow.info(biasOf(narrow))).dtype).toBe('F32');
        expect((await loaded(narrow, family, config))['gate/selection_bias']).toEqual(exact);
        const dtypes = await Promise.all(
          narrow.names.filter((each) => /experts.*(_proj|w\d)/.test(each)).map((each) => narrow.info(each)),
        );
        expect(new Set(dtypes.map(({ dtype }) => dtype))).toEqual(new Set(['BF16']));
      }
    },
  );

  test('scales of kernels in few bits stay as they are, and a scale of a norm is a number like others', async () => {
    const { file, family, config } = await blockOf('deepseek-v3-f8');
    const narrow = await converted(file, { dtype: 'F16' });
    const scales = file.names.filter((each) => each.endsWith('_scale_inv'));
    expect(scales.length).toBeGreaterThan(0);
    for (const each of scales) expect(await narrow.read(each)).toEqual(await file.read(each));
    const of = async (one: Checkpoint) => (await loaded(one, family, config))['expert/kernel_up'];
    expect(await of(narrow)).toEqual(await of(file));
    const tensors = [
      tensorData('norm.scale', 'F32', [1], [1 / 3]),
      tensorData('a.weight', 'I8', [1], [3]),
      ...['a.weight_scale', 'a.input_scale', 'a.bias'].map((each) => tensorData(each, 'F32', [1], [1 / 3])),
      tensorData('b.e_score_correction_bias', 'BF16', [1], [1 / 3]),
    ];
    const small = await openSafetensors(bytesSource(writeSafetensors(tensors)));
    const dtypes = async (dtype: 'F16' | 'F32') => {
      const now = await converted(small, { dtype });
      return Promise.all(tensors.map(async ({ name }) => (await now.info(name)).dtype));
    };
    expect(await dtypes('F16')).toEqual(['F16', 'I8', 'F32', 'F32', 'F16', 'BF16']);
    expect(await dtypes('F32')).toEqual(['F32', 'I8', 'F32', 'F32', 'F32', 'F32']);
  });

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

  test('bytes that lie in the pool of Node are those of the slice', async () => {
    const { file, family } = await blockOf('qwen3-moe');
    const whole = writeSafetensors(await Promise.all(file.names.map((each) => file.read(each))));
    // What a file read into a pool is like: a Buffer that begins in the middle of another, at any byte.
    const pooled = (bytes: Uint8Array, at: number) => {
      const pool = Buffer.alloc(bytes.length + at + 5, 0xee);
      pool.set(bytes, at);
      return pool.subarray(at, at + bytes.length);
    };
    const source = {
      name: 'pool',
      size: whole.length,
      read: async (begin: number, end: number) => pooled(whole.subarray(begin, end), 3),
    };
    for (const checkpoint of [
      await openSafetensors(bytesSource(pooled(whole, 8))),
      await openSafetensors(bytesSource(pooled(whole, 1))),
      await openSafetensors(source),
      {
        ...file,
        read: async (name: string) => ({
          ...(await file.read(name)),
          bytes: pooled((await file.read(name)).bytes, 4),
        }),
      },
    ]) {
      const fused = await converted(checkpoint, { layout: 'fused', family });
      await expectSame(file, await converted(fused, { layout: 'perExpert', family }));
    }
    const tensors = await Promise.all(
      file.names.map(async (name) => {
        const tensor = await file.read(name);
        return { ...tensor, bytes: pooled(tensor.bytes, 2) };
      }),
    );
    await expectSame(file, await openSafetensors(bytesSource(writeSafetensors(tensors))));
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
