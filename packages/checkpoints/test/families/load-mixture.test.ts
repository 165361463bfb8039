import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { io } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { familyNames, type LoadMixtureOptions, loadMixture } from '@tfjs-moe/checkpoints';
import {
  type ByteSource,
  bytesSource,
  type Dtype,
  floatsOf,
  openSafetensors,
  type TensorData,
  tensorData,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';
import { beforeAll, describe, expect, test } from 'vitest';
import { goldenCase } from '../golden.ts';
import { blockNames, blockOf, distanceFrom, weightsOf } from './blocks.ts';

beforeAll(() => tf.setBackend('cpu'));

test.each(blockNames)('%s: the layer computes what numpy does', async (name) => {
  const block = await blockOf(name);
  const layer = await loadMixture(block.file, { family: block.family, config: block.config, layer: 3 });
  expect(await distanceFrom(block, layer)).toBeLessThan(1e-6);
  layer.dispose();
});

test('rows of a router that is stored with factors have them too, where some experts are loaded', async () => {
  const { file, family, config } = await blockOf('qwen3-moe');
  const block = file.names.filter((name) => name.includes('layers.3.'));
  const tensors = await Promise.all(block.map((name) => file.read(name)));
  const factor = tensorData('model.layers.3.mlp.gate.weight_scale_inv', 'F32', [1, 1], [3]);
  const scaled = await openSafetensors(bytesSource(writeSafetensors([...tensors, factor])));
  const rowsOf = async (experts?: readonly number[]) => {
    const layer = await loadMixture(scaled, { family, config, layer: 3, ...(experts && { experts }) });
    const rows = weightsOf(layer)['gate/router/kernel']!;
    layer.dispose();
    return rows;
  };
  const all = await rowsOf();
  expect(all[0]).toBeCloseTo(3 * floatsOf(await file.read('model.layers.3.mlp.gate.weight'))[0]!, 5);
  const features = all.length / 8;
  const wanted = [5, 2].flatMap((e) => all.slice(e * features, (e + 1) * features));
  expect(await rowsOf([5, 2])).toEqual(wanted);
});

test('every family has a block that numpy wrote', async () => {
  const families = new Set(await Promise.all(blockNames.map(async (name) => (await blockOf(name)).family)));
  expect([...families].sort()).toEqual([...familyNames].sort());
});

const E = 4;
const D = 6;
const I = 5;
const zeros = (name: string, shape: number[], dtype: Dtype = 'F32'): TensorData =>
  tensorData(name, dtype, shape, new Float32Array(shape.reduce((product, size) => product * size, 1)));
const open = (tensors: TensorData[]) =>
  openSafetensors(bytesSource(writeSafetensors(tensors), 'm.safetensors'));
const at = 'model.layers.0.mlp.';
const expert = (e: number) => [
  zeros(`${at}experts.${e}.gate_proj.weight`, [I, D]),
  zeros(`${at}experts.${e}.up_proj.weight`, [I, D]),
  zeros(`${at}experts.${e}.down_proj.weight`, [D, I]),
];
const router = zeros(`${at}gate.weight`, [E, D]);
const block = [router, ...[0, 1, 2, 3].flatMap(expert)];
const qwen: LoadMixtureOptions = { family: 'qwen3-moe', layer: 0, expertsPerToken: 2 };
const loading = async (tensors: TensorData[], options: LoadMixtureOptions = qwen) =>
  loadMixture(await open(tensors), options);

describe('loadMixture refuses', () => {
  test('tensors that are missing, too many or of another shape or dtype, all in one', async () => {
    const tensors = [
      ...block.filter(({ name }) => !/experts\.2\.up|experts\.3\.down|experts\.1\.gate/.test(name)),
      zeros(`${at}experts.3.down_proj.weight`, [I, D]),
      zeros(`${at}experts.1.gate_proj.weight`, [I, D], 'I32'),
      zeros(`${at}experts.4.up_proj.weight`, [I, D]),
      zeros('model.layers.0.self_attn.q_proj.weight', [D, D]),
    ];
    await expect(loading(tensors)).rejects.toThrow(
      [
        '[tfjs-moe] m.safetensors: wrong tensors in model.layers.0.mlp: ',
        `${at}experts.1.gate_proj.weight must hold floating-point numbers and is I32; `,
        `${at}experts.2.up_proj.weight is missing, [5, 6]; `,
        `${at}experts.3.down_proj.weight must be [6, 5] and is [5, 6]; `,
        `${at}experts.4.up_proj.weight does not belong there.`,
      ].join(''),
    );
  });

  test('a layer that is not there, and says which are', async () => {
    await expect(loading(block, { ...qwen, layer: 10 })).rejects.toThrow(
      /layer 10 of qwen3-moe must have mlp\.gate\.weight, which stands in layers 0/,
    );
    await expect(loading([zeros('x', [1])])).rejects.toThrow(/which stands in no layer of the file/);
  });

  test('several blocks, until a prefix says which', async () => {
    const twice = [...block, ...block.map((each) => ({ ...each, name: `vision.${each.name}` }))];
    await expect(loading(twice)).rejects.toThrow(/several tensors could be the router.*say which by prefix/);
    await loading(twice, { ...qwen, prefix: 'vision.model.' });
  });

  test('experts that lie there in two ways', async () => {
    const both = [
      ...block,
      zeros(`${at}experts.gate_up_proj`, [E, 2 * I, D]),
      zeros(`${at}experts.down_proj`, [E, D, I]),
    ];
    await expect(loading(both)).rejects.toThrow(/in several ways\. Received: \["perExpert","fused"\]/);
  });

  test('a file that several families fit, until a config says which', async () => {
    const { family: _, ...unsaid } = qwen;
    await expect(loading(block, unsaid)).rejects.toThrow(/several families.*"deepseek-v2".*"qwen3-moe"/);
    const layer = await loading(block, { ...unsaid, config: { model_type: 'olmoe' } });
    expect(layer.gate.config).toMatchObject({ renormalize: 'never' });
    await expect(loading([router], unsaid)).rejects.toThrow(/those of no family/);
  });

  test('a config that it does not understand', async () => {
    const config = { num_experts_per_tok: 2.5 };
    await expect(loading(block, { ...qwen, config })).rejects.toThrow(
      /num_experts_per_tok must be an integer/,
    );
    await expect(loading(block, { ...qwen, config: { hidden_act: 'relu6' } })).rejects.toThrow(
      /the activation must be one of/,
    );
  });

  test('more experts per token than there are, options that it does not know, sources that are none', async () => {
    await expect(loading(block, { family: 'qwen3-moe', layer: 0 })).rejects.toThrow(
      /k must be .*number of experts \(4\)/,
    );
    await expect(loading(block, { ...qwen, layers: 1 } as never)).rejects.toThrow(/layers/);
    await expect(loading(block, { ...qwen, family: 'llama' as never })).rejects.toThrow(
      /family must be one of/,
    );
    await expect(loadMixture('model/', qwen)).rejects.toThrow(/openFolder of @tfjs-moe\/checkpoints\/node/);
    await expect(loadMixture({} as never, qwen)).rejects.toThrow(/a model must be a URL/);
    const before = tf.memory().numTensors;
    await expect(loading(block, { ...qwen, experts: [0, 0] })).rejects.toThrow(/different numbers/);
    await expect(loading(block, { ...qwen, experts: [4] })).rejects.toThrow(/experts must be/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each(['mixtral', 'mixtral-fused'])('%s: some experts are read with their own bytes', async (name) => {
  const { file, family, config } = await blockOf(name);
  const whole = await loadMixture(file, { family, config, layer: 3 });
  const read: string[] = [];
  const watched = {
    ...file,
    read(each: string) {
      read.push(each);
      return file.read(each);
    },
    readRows(each: string, begin: number, end: number) {
      read.push(`${each} ${begin}`);
      return file.readRows(each, begin, end);
    },
  };
  const some = await loadMixture(watched, { family, config, layer: 3, experts: [5, 2] });
  const [all, two] = [weightsOf(whole), weightsOf(some)];
  for (const [weight, numbers] of Object.entries(two)) {
    const size = numbers.length / 2;
    const rows = [5, 2].flatMap((e) => all[weight]!.slice(e * size, (e + 1) * size));
    expect(numbers, weight).toEqual(rows);
  }
  expect(read.filter((each) => /[5 ]5|experts\.5/.test(each)).length).toBeGreaterThan(0);
  expect(read.filter((each) => /experts\.[013467]\.| [013467]$/.test(each))).toEqual([]);
});

describe('the golden expert bank', () => {
  const golden = goldenCase<{
    in: { x: number[] } & Record<string, Record<string, number[]>>;
    out: { y_per_expert: number[][] };
  }>('expert_layouts');
  const bank = (layout: string) =>
    Object.fromEntries(
      Object.entries(golden.in[layout]!).map(([name, numbers]) => [
        name.replace(/\[.*/, ''),
        numbers.flat(9),
      ]),
    );
  // Logits that send everything to one expert.
  const banks: [string, LoadMixtureOptions['family'], string, (route: number[]) => TensorData[]][] = [
    [
      'mixtral',
      'mixtral',
      'block_sparse_moe.gate',
      () => {
        const { w1_gate, w3_up, w2_down } = bank('mixtral');
        const each = (numbers: number[], e: number) => numbers.slice(e * 6, e * 6 + 6);
        return [0, 1].flatMap((e) => [
          tensorData(
            `model.layers.0.block_sparse_moe.experts.${e}.w1.weight`,
            'F32',
            [3, 2],
            each(w1_gate!, e),
          ),
          tensorData(
            `model.layers.0.block_sparse_moe.experts.${e}.w3.weight`,
            'F32',
            [3, 2],
            each(w3_up!, e),
          ),
          tensorData(
            `model.layers.0.block_sparse_moe.experts.${e}.w2.weight`,
            'F32',
            [2, 3],
            each(w2_down!, e),
          ),
        ]);
      },
    ],
    [
      'transformers_v5',
      'mixtral',
      'mlp.gate',
      () => fused('mlp', bank('transformers_v5'), [2, 6, 2], [2, 2, 3]),
    ],
  ];
  function fused(block: string, numbers: Record<string, number[]>, up: number[], down: number[]) {
    return [
      tensorData(`model.layers.0.${block}.experts.gate_up_proj`, 'F32', up, numbers.gate_up_proj!),
      tensorData(`model.layers.0.${block}.experts.down_proj`, 'F32', down, numbers.down_proj!),
    ];
  }

  test.each(banks)('%s', async (_, family, gate, tensors) => {
    for (const e of [0, 1]) {
      const route = e === 0 ? [50, 0, -50, 0] : [-50, 0, 50, 0];
      const all = [tensorData(`model.layers.0.${gate}.weight`, 'F32', [2, 2], route), ...tensors(route)];
      const layer = await loadMixture(await open(all), { family: family!, layer: 0 });
      const y = tf.tidy(() => (layer.apply(tf.tensor2d([golden.in.x])) as tf.Tensor).dataSync());
      const distance = golden.out.y_per_expert[e]!.map((value, i) => Math.abs(y[i]! - value));
      expect(Math.max(...distance)).toBeLessThan(1e-6);
    }
  });

  test('llama4 and gpt_oss hold the same numbers as transformers_v5', async () => {
    const v5 = bank('transformers_v5');
    const kernels = async (
      block: string,
      layout: string,
      family: 'llama-4' | 'gpt-oss',
      more: TensorData[],
    ) => {
      const all = [...fused(block, bank(layout), [2, 2, 6], [2, 3, 2]), ...more];
      const layer = await loadMixture(await open(all), { family, layer: 0, expertsPerToken: 1 });
      const weights = weightsOf(layer);
      return ['gate', 'up', 'down'].map((each) => weights[`expert/kernel_${each}`]);
    };
    const expected = [
      [0, 1].flatMap((e) =>
        [0, 1].flatMap((d) => [0, 1, 2].map((i) => v5.gate_up_proj![e * 12 + i * 2 + d]!)),
      ),
      [0, 1].flatMap((e) =>
        [0, 1].flatMap((d) => [3, 4, 5].map((i) => v5.gate_up_proj![e * 12 + i * 2 + d]!)),
      ),
      [0, 1].flatMap((e) => [0, 1, 2].flatMap((i) => [0, 1].map((d) => v5.down_proj![e * 6 + d * 3 + i]!))),
    ].map((each) => [...Float32Array.from(each)]);
    const l = 'model.layers.0.';
    const shared = ['gate', 'up', 'down'].map((each) =>
      zeros(`${l}feed_forward.shared_expert.${each}_proj.weight`, [2, 2]),
    );
    const llama = [zeros(`${l}feed_forward.router.weight`, [2, 2]), ...shared];
    expect(await kernels('feed_forward', 'llama4', 'llama-4', llama)).toEqual(expected);
    const oss = [
      zeros(`${l}mlp.router.weight`, [2, 2]),
      zeros(`${l}mlp.router.bias`, [2]),
      zeros(`${l}mlp.experts.gate_up_proj_bias`, [2, 6]),
      zeros(`${l}mlp.experts.down_proj_bias`, [2, 2]),
    ];
    expect(await kernels('mlp', 'gpt_oss', 'gpt-oss', oss)).toEqual(expected);
  });
});

test('a loaded layer stands in a model, learns, and is saved', async () => {
  const { file, family, config } = await blockOf('deepseek-v3');
  const moe = await loadMixture(file, { family, config, layer: 3, args: { name: 'loaded' } });
  const model = sequential({ layers: [layers.inputLayer({ inputShape: [3, 8] }), moe] });
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const [x, y] = [tf.randomNormal([4, 3, 8]), tf.zeros([4, 3, 8])];
  const before = weightsOf(moe);
  await model.fit(x, y, { epochs: 2, verbose: 0 });
  const after = weightsOf(moe);
  for (const name of Object.keys(before)) expect(after[name], name).not.toEqual(before[name]);
  // Two of them in one model keep their names apart.
  const other = await loadMixture(file, { family, config, layer: 3, args: { name: 'other' } });
  model.add(other);
  let saved = 0;
  await model.save(
    io.withSaveHandler(async ({ weightSpecs }) => {
      saved = weightSpecs!.length;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  expect(saved).toBe(16);
});

test('a source of bytes, or the bytes themselves, are opened', async () => {
  const bytes = writeSafetensors(block);
  const source: ByteSource = bytesSource(bytes, 'x');
  for (const each of [bytes, bytes.slice().buffer, new Blob([bytes as BlobPart]), source])
    expect((await loadMixture(each, qwen)).weights.length).toBe(4);
  expect(floatsOf(router).length).toBe(24);
});
