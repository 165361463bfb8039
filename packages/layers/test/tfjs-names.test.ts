/**
 * tfjs's own initializers and activations as options: those with an equal become it, law for law and number for number;
 * the others are refused by name.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { arrayOps, arrayTable, getInitializer, initialValues, stream, tableOf } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';

const { classNameMap } = tf.serialization.SerializationMap.getMap();
const read = (identifier: unknown) => getInitializer('linear', 'kernelInitializer', identifier as never);

const same: [string, ReturnType<typeof initializers.zeros>, object][] = [
  ['zeros', initializers.zeros(), { kind: 'zeros' }],
  ['ones', initializers.ones(), { kind: 'ones' }],
  ['constant', initializers.constant({ value: 0.5 }), { kind: 'constant', value: 0.5 }],
  [
    'randomUniform',
    initializers.randomUniform({ minval: -1, maxval: 2 }),
    { kind: 'randomUniform', min: -1, max: 2 },
  ],
  [
    'randomNormal',
    initializers.randomNormal({ mean: 1, stddev: 2 }),
    { kind: 'randomNormal', mean: 1, stddev: 2 },
  ],
  [
    'truncatedNormal',
    initializers.truncatedNormal({ stddev: 2 }),
    { kind: 'truncatedNormal', mean: 0, stddev: 2 },
  ],
  ['glorotUniform', initializers.glorotUniform({}), { kind: 'glorotUniform' }],
  ['heUniform', initializers.heUniform({ seed: 7 }), { kind: 'heUniform', seed: 7 }],
  ['leCunUniform', initializers.leCunUniform({}), { kind: 'lecunUniform' }],
  [
    'heNormal',
    initializers.heNormal({}),
    { kind: 'varianceScaling', scale: 2, mode: 'fanIn', distribution: 'truncatedNormal' },
  ],
  [
    'glorotNormal',
    initializers.glorotNormal({ seed: 1 }),
    { kind: 'varianceScaling', scale: 1, mode: 'fanAvg', distribution: 'truncatedNormal', seed: 1 },
  ],
  [
    'leCunNormal',
    initializers.leCunNormal({}),
    { kind: 'varianceScaling', scale: 1, mode: 'fanIn', distribution: 'truncatedNormal' },
  ],
  [
    'varianceScaling',
    initializers.varianceScaling({ scale: 3, mode: 'fanOut', distribution: 'uniform' }),
    { kind: 'varianceScaling', scale: 3, mode: 'fanOut', distribution: 'uniform' },
  ],
];

describe('initializers of tfjs', () => {
  test('every one of tf.initializers is in this table or refused below', () => {
    expect([...same.map(([name]) => name), 'identity', 'orthogonal'].sort()).toEqual(
      Object.keys(initializers).sort(),
    );
  });

  test.each(same)('%s is the same law here', (name, theirs, config) => {
    expect(read(theirs)).toEqual(config);
    const saved = { className: theirs.getClassName(), config: theirs.getConfig() };
    expect(read(JSON.parse(JSON.stringify(saved)))).toEqual(config);
    // Quantiles of 20000 numbers each, in units of the spread.
    const shape: [number, number] = [40, 500];
    const ours = [...initialValues({ shape, initializer: read(theirs) }, stream(1))].sort((a, b) => a - b);
    const others = [...tf.tidy(() => theirs.apply(shape).dataSync())].sort((a, b) => a - b);
    const spread = Math.max(...others.map(Math.abs)) || 1;
    // The ends of an unbounded law differ from draw to draw.
    const ends = name === 'randomNormal' ? [] : [0, 0.9999];
    for (const share of [0.05, 0.25, 0.5, 0.75, 0.95, ...ends]) {
      const at = Math.floor(share * ours.length);
      const slack = share === 0 || share > 0.99 ? 0.15 : 0.05;
      expect(Math.abs(ours[at]! - others[at]!) / spread).toBeLessThan(slack);
    }
  });

  test.each([
    ['identity', initializers.identity({})],
    ['orthogonal', initializers.orthogonal({})],
  ])('%s is refused by name', (_name, theirs) => {
    expect(() => read(theirs)).toThrow(/tfjs's "(Identity|Orthogonal)" has no equal among them/);
    expect(() => read(initializers[_name as 'identity'])).toThrow('call the function of tf.initializers');
  });

  test('a layer takes them, and saves what is canonical', () => {
    const layer = mixtureOfExperts({
      experts: 2,
      gate: topK({ k: 1 }),
      expert: linear({ kernelInitializer: initializers.ones(), biasInitializer: 'Zeros' as never }),
      inputShape: [2],
      seed: 1,
    });
    sequential({ layers: [layer] });
    expect(layer.getConfig().expert).toEqual({
      kind: 'linear',
      useBias: true,
      kernelInitializer: { kind: 'ones' },
      biasInitializer: { kind: 'zeros' },
    });
    expect(Array.from(layer.getWeights()[2]!.dataSync())).toEqual(new Array(8).fill(1));
  });
});

/** Every class that tfjs registers and that can be an activation. */
const activationClasses = Object.keys(classNameMap).filter((name) => {
  const [{ prototype }] = classNameMap[name] as unknown as [{ prototype: object }];
  return 'apply' in prototype && /^[a-z]/.test(name);
});

describe('activations of tfjs', () => {
  test('there are sixteen', () => {
    expect(activationClasses.length).toBe(16);
  });

  test.each(activationClasses)('%s is the same function here, or refused by name', (name) => {
    const layer = layers.activation({ activation: name as 'relu' });
    const theirs = (layer as unknown as { activation: { getClassName(): string } }).activation;
    let own: string;
    try {
      own = ffn({ hiddenUnits: 2, activation: theirs as never }).config.activation as string;
    } catch (error) {
      expect((error as Error).message).toContain(`tfjs's "${name}" has no equal among them`);
      expect(() => ffn({ hiddenUnits: 2, activation: name as never })).toThrow('has no equal');
      return;
    }
    expect(ffn({ hiddenUnits: 2, activation: name as never }).config.activation).toBe(own);
    const z = [-9, -2.5, -1, -0.1, 0, 0.3, 1, 4, 9];
    const expected = tf.tidy(() => Array.from((layer.apply(tf.tensor2d([z])) as tf.Tensor).dataSync()));
    const [actual] = tableOf(arrayOps.activation(own as 'relu', arrayTable([z]))) as [number[]];
    actual.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });

  test('eight have an equal', () => {
    const equal = activationClasses.filter((name) => {
      try {
        ffn({ hiddenUnits: 2, activation: name as never });
        return true;
      } catch {
        return false;
      }
    });
    expect(equal.sort()).toEqual([
      'gelu',
      'gelu_new',
      'linear',
      'relu',
      'sigmoid',
      'softplus',
      'swish',
      'tanh',
    ]);
  });
});
