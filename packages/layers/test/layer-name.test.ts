import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import { mixtureOfExperts } from '../src/index.ts';
import { keptModel } from '../src/testing/layer-assertions.ts';

const make = (name?: unknown) =>
  mixtureOfExperts({
    experts: 2,
    gate: 'softmax',
    expert: 'linear',
    inputShape: [3],
    ...(name !== undefined && { name: name as string }),
  });

describe('the name of a layer without one', () => {
  test('is short, and no other layer of the process has it', () => {
    const [first, second] = [make(), make()];
    expect(first.name).toMatch(/^moe_\d+$/);
    expect(second.name).not.toBe(first.name);
    expect(make(null).name).toMatch(/^moe_\d+$/);
    expect(make('').name).toMatch(/^moe_\d+$/);
  });

  test('steps over names that were given, as those of loaded layers are', async () => {
    make('moe_700');
    expect(make().name).toBe('moe_701');
    const model = sequential({ layers: [make('moe_900')] });
    const loaded = await loadLayersModel(await keptModel(model));
    const both = sequential({ layers: [...loaded.layers, make()] });
    expect(both.layers.map(({ name }) => name)).toEqual(['moe_900', 'moe_901']);
  });

  test('is whole in the summary, and begins the names of the weights', () => {
    const model = sequential({ layers: [make(), layers.dense({ units: 1 })] });
    const lines: string[] = [];
    model.summary(undefined, undefined, (line: string) => lines.push(line));
    const { name } = model.layers[0]!;
    expect(lines.join('\n')).toContain(`${name} (MixtureOfExperts) `);
    expect(model.weights[0]!.originalName).toBe(`${name}/gate/router/kernel`);
  });
});

describe('a name', () => {
  // The rule is tfjs's, which complains only when the layer is built.
  test.each(['moe', 'a', '0', '4th', 'a.b-c/d_e', 'x'.repeat(1000), 'block/moe_1'])('%s is fine', (name) => {
    const model = sequential({ layers: [make(name)] });
    expect(model.layers[0]!.name).toBe(name);
    tf.dispose(model.predict(tf.zeros([1, 3])));
  });

  test.each([
    ' ',
    'my moe',
    'é',
    'moe\n',
    '_moe',
    '-moe',
    '/moe',
    '.moe',
    'a:b',
    3,
    {},
    [],
    true,
    Symbol.iterator,
  ])('%o is refused at once, as tfjs would later', (name) => {
    expect(() => make(name)).toThrow(
      '[tfjs-moe] mixtureOfExperts: name must be letters (A to Z), digits, - _ . or /, the first a letter',
    );
    if (typeof name !== 'string' || name === 'moe\n') return;
    const stock = layers.dense({ units: 1, name, inputShape: [3] });
    expect(() => sequential({ layers: [stock] })).toThrow('Not a valid tensor name');
  });
});
