/** A saved config is checked as strictly as options are: nothing that is damaged loads with other outputs. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { defineGate, getGate, MoeError } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test } from 'vitest';
import { layerExperts, MixtureOfExperts, mixtureOfExperts } from '../../src/index.ts';
import { FORMAT_VERSION, writtenOptions } from '../../src/saved-config.ts';
import old from '../fixtures/version-1.json' with { type: 'json' };
import { outcome } from './fuzz.ts';
import {
  configIn,
  everyKind,
  inputs,
  layerOf,
  load,
  modelOf,
  outputsOf,
  type SavedJson,
  save,
} from './saved-models.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Every place in a config where a field stands, as a path. */
function fieldsOf(value: SavedJson, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((name) => [
    ...(Array.isArray(value) ? [] : [[...path, name]]),
    ...fieldsOf(value[name], [...path, name]),
  ]);
}

function parentOf(value: SavedJson, path: readonly string[]): SavedJson {
  return path.slice(0, -1).reduce((inner, name) => inner[name], value);
}

describe('a field that is missing', () => {
  test.each(Object.keys(everyKind))('%s: is named, or changes nothing', async (kind) => {
    const model = modelOf(everyKind[kind]!);
    const expected = outputsOf(model);
    const whole = await save(model);
    expect(await outcome(whole, expected)).toBe('same');
    const odd: string[] = [];
    const counts: Record<string, number> = { same: 0, named: 0, tfjs: 0 };
    for (const path of fieldsOf(configIn(whole))) {
      // What is inside the config of a tfjs layer is tfjs's to read, as in any model.
      if (path.length > 4 && path.includes('layers')) continue;
      const damaged = { ...whole, json: structuredClone(whole.json) };
      delete parentOf(configIn(damaged), path)[path.at(-1)!];
      const found = await outcome(damaged, expected);
      if (found in counts) counts[found]!++;
      else odd.push(`${path.join('.')}: ${found}`);
    }
    expect(odd).toEqual([]);
    expect(counts.named).toBeGreaterThan(14);
  });

  test("is listed, with what to do about options of one's own", () => {
    const config = mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert: 'linear' }).getConfig();
    const { dispatch, seed, ...rest } = config;
    expect(() => mixtureOfExperts(rest as never)).toThrow(
      'this saved config is damaged: it lacks dispatch, seed (options of your own have no formatVersion, and then have defaults).',
    );
    expect(() => mixtureOfExperts({ ...rest, formatVersion: undefined } as never)).not.toThrow();
    const { k, weightScale, ...gate } = config.gate as Record<string, unknown>;
    expect(() => mixtureOfExperts({ ...config, gate } as never)).toThrow(
      ': gate: this saved config is damaged: that of topK lacks k, weightScale.',
    );
    expect(() => mixtureOfExperts({ ...config, gate: 'topK' } as never)).toThrow(
      'damaged: its gate has no options',
    );
    expect(() => mixtureOfExperts({ ...config, gate: topK({ k: 1 }) } as never)).not.toThrow();
  });

  test('may be one that a later version of a definition has added, if it says so', () => {
    const versioned = (laterOptions?: string[]) =>
      defineGate('damagedVersioned', ({ sharp = false }: { sharp?: boolean } = {}) => ({
        ...softmax(),
        config: { sharp },
        ...(laterOptions && { laterOptions }),
      }));
    const config = mixtureOfExperts({ experts: 2, gate: versioned()(), expert: 'linear' }).getConfig();
    const older = { ...config, gate: { kind: 'damagedVersioned' } } as never;
    expect(() => mixtureOfExperts(older)).toThrow('that of damagedVersioned lacks sharp');
    versioned(['sharp']);
    expect(mixtureOfExperts(older).gate.config).toEqual({ kind: 'damagedVersioned', sharp: false });
  });

  test('is no matter where a definition makes its own parts from configs', () => {
    const inner = defineGate('damagedInner', () => ({ ...getGate({ kind: 'softmax' }), config: {} }));
    const config = mixtureOfExperts({ experts: 2, gate: inner(), expert: 'linear' }).getConfig();
    expect(() => mixtureOfExperts(config as never)).not.toThrow();
  });
});

test('what getConfig writes is what its version promises', () => {
  const layer = mixtureOfExperts({ experts: 2, gate: 'softmax', expert: 'linear', capacity: { factor: 2 } });
  const base = Object.keys(layers.Layer.prototype.getConfig.call(layer));
  const config = layer.getConfig();
  const own = Object.keys(config).filter((name) => !base.includes(name));
  expect(own.sort()).toEqual(['formatVersion', ...writtenOptions(FORMAT_VERSION)].sort());
  expect(config.capacity).toEqual({ factor: 2, convention: 'megatron', priority: 'gshard' });
});

describe('a field that nobody writes', () => {
  const saved = mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert: 'linear' }).getConfig();

  test.each([
    [{ extra: 1 }, 'unknown option "extra"'],
    [{ gate: { ...(saved.gate as object), extra: 1 } }, 'topK: unknown option "extra"'],
    [
      { gate: { ...(saved.gate as object), role: 'gate' } },
      'a gate needs the function params; a config has no role',
    ],
    [{ expert: { ...(saved.expert as object), extra: 1 } }, 'linear: unknown option "extra"'],
    [
      { gate: { ...(saved.gate as object), router: 'linear' } },
      'must be given to the weighting, which has its own',
    ],
  ])('%j is named', (change, message) => {
    expect(() => mixtureOfExperts({ ...saved, ...change } as never)).toThrow(message);
  });

  test('is named also where a definition would not look', () => {
    const lax = defineGate('damagedLax', () => ({ ...softmax(), config: { sharp: true } }));
    const config = mixtureOfExperts({ experts: 2, gate: lax(), expert: 'linear' }).getConfig();
    const gate = { ...(config.gate as object), shrap: false };
    expect(() => mixtureOfExperts({ ...config, gate } as never)).toThrow(
      'that of damagedLax holds shrap, which it never writes',
    );
  });
});

describe('the version', () => {
  const config = mixtureOfExperts({ experts: 2, gate: 'softmax', expert: 'linear', name: 'moe' }).getConfig();
  const read = (formatVersion: unknown) =>
    MixtureOfExperts.fromConfig(MixtureOfExperts as never, { ...config, formatVersion } as never);

  test.each(['1', '0.5', -1, 0, 0.5, 1.5, true, null, Number.NaN, {}, [], [1]])('%j is none', (version) => {
    expect(() => read(version)).toThrow(
      '[tfjs-moe] moe: formatVersion must be an integer of at least 1. Received: ',
    );
  });

  test.each([FORMAT_VERSION + 1, FORMAT_VERSION + 2, 1e9])('%d is of a newer program', (version) => {
    expect(() => read(version)).toThrow(
      `written by a newer tfjs-moe; this one reads up to version ${FORMAT_VERSION}`,
    );
  });

  test.each([1, 2, FORMAT_VERSION, undefined])('%s is read', (version) => {
    expect(() => read(version)).not.toThrow();
  });
});

describe('version 1', () => {
  test.each(Object.keys(old.models))('%s: its model still loads, with the same outputs', async (name) => {
    const { modelTopology, weightSpecs, weights, outputs } = old.models[name as 'softmax'];
    const saved = {
      json: { modelTopology, weightSpecs },
      bytes: new Uint8Array(Buffer.from(weights, 'base64')),
    };
    const model = await load(saved);
    outputsOf(model, old.inputs).forEach((value, i) => {
      expect(value).toBeCloseTo(outputs[i]!, 5);
    });
    const again = await load(await save(model));
    expect(layerOf(again).getConfig()).toEqual(layerOf(model).getConfig());
    expect(again.weights.map(({ originalName }) => originalName)).toEqual(
      weightSpecs.map((spec) => spec.name),
    );
    expect(layerOf(model).getConfig()).toMatchObject({
      formatVersion: FORMAT_VERSION,
      trainingCalls: 0,
      weightAt: 'output',
    });
  });
});

describe('the list of layerExperts', () => {
  const config = mixtureOfExperts({
    experts: 3,
    gate: topK({ k: 1 }),
    expert: layerExperts(() => layers.dense({ units: 4 })),
  }).getConfig();
  const [first] = (config.expert as unknown as { layers: { className: string; config: object }[] })
    .layers as [{ className: string; config: object }];
  const withList = (list: unknown, more = {}) =>
    mixtureOfExperts({ ...config, expert: { kind: 'layers', layers: list, ...more } } as never);

  test('has an entry for every expert', () => {
    expect(withList([first, first, first])).toBeInstanceOf(MixtureOfExperts);
    for (const count of [0, 1, 2, 4, 5]) {
      expect(() => withList(Array(count).fill(first))).toThrow(
        `[tfjs-moe] layerExperts: the config must have one layer for each of the 3 experts. Received: ${count}.`,
      );
    }
  });

  const entry = 'layer 0 of the config must be { className, config }';
  test.each([
    [undefined, 'a config of kind layers needs a list of layers { className, config }. Received: undefined.'],
    [null, 'layers must not be null'],
    [{}, 'needs a list of layers'],
    ['dense', 'needs a list of layers'],
    [Object.assign(Array(3), { 1: first, 2: first }), entry],
    [[null, first, first], entry],
    [['Dense', first, first], entry],
    [[{ className: 'Dense' }, first, first], entry],
    [[{ className: 'Dense', config: null }, first, first], 'config must not be null'],
    [[{ className: 'Dense', config: 3 }, first, first], entry],
    [[{ className: 5, config: {} }, first, first], entry],
    [[{ ...first, extra: 1 }, first, first], 'layer 0 of the config: unknown option "extra"'],
    [
      [{ ...first, className: 'toString' }, first, first],
      'unknown layer class; import the module that registers it',
    ],
    [[{ ...first, className: '__proto__' }, first, first], 'unknown layer class'],
    [[{ ...first, className: 'Nobody' }, first, first], 'unknown layer class'],
    [
      [{ className: 'Zeros', config: {} }, first, first],
      'layer 0 of the config must be of a class of layers',
    ],
    [[{ className: 'relu', config: {} }, first, first], 'layer 0 of the config must be of a class of layers'],
  ])('%# is named', (list, message) => {
    expect(() => withList(list)).toThrow(message);
    expect(() => withList(list)).toThrow(MoeError);
  });

  test('stands alone beside its kind', () => {
    expect(() => withList([first, first, first], { extra: 1 })).toThrow(
      'layerExperts: unknown option "extra"',
    );
  });
});

test('a number that JSON wrote as null is no default', async () => {
  const model = modelOf({ gate: topK({ k: 1, weightScale: 2.5 }), expert: linear() });
  for (const path of [['seed'], ['gate', 'weight_scale'], ['gate', 'k'], ['training_calls'], ['experts']]) {
    const saved = await save(model);
    parentOf(configIn(saved), path)[path.at(-1)!] = null;
    await expect(load(saved)).rejects.toThrow(/^\[tfjs-moe\] .*(must not be null|it lacks|damaged)/);
  }
  expect(inputs.length).toBe(4);
});
