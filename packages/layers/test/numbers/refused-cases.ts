/** Where `nonFinite: 'throw'` finds a number that is none, on whatever backend is current. */
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type MixtureOfExperts, type MixtureOfExpertsArgs, mixtureOfExperts } from '@tfjs-moe/layers';
import { expect, test } from 'vitest';
import { layerExperts } from '../../src/index.ts';

const rows = [
  [1, 2],
  [3, -4],
  [0.5, 0],
];
const made = (args: Partial<MixtureOfExpertsArgs>): MixtureOfExperts => {
  const layer = mixtureOfExperts({
    experts: 2,
    gate: { kind: 'topK', k: 1 },
    expert: 'linear',
    units: 2,
    seed: 1,
    name: 'moe',
    nonFinite: 'throw',
    ...args,
  });
  layer.build([null, 2]);
  return layer;
};

/** Gives one number of the weight whose name ends so another value; negative places count from the end. */
function write(layer: MixtureOfExperts, end: string, at: number, value: number): void {
  const weight = layer.weights.find(({ originalName }) => originalName.endsWith(end))!;
  const shape = weight.shape as number[];
  const size = tf.util.sizeFromShape(shape);
  // Computed, for a GPU does not read back at once.
  const factor = Array.from({ length: size }, (_, i) => (i === (at + size) % size ? 0 : 1));
  const added = factor.map((one) => (one === 1 ? 0 : value));
  tf.tidy(() => {
    weight.write(tf.add(tf.mul(weight.read(), tf.tensor(factor, shape)), tf.tensor(added, shape)));
  });
}

interface Case {
  readonly args?: Partial<MixtureOfExpertsArgs>;
  readonly x?: number[][];
  readonly change?: (layer: MixtureOfExperts) => void;
  readonly says: string;
}

const say = (what: string, rest: string) =>
  `[tfjs-moe] moe: ${what} must be finite (nonFinite: 'throw'), but ${rest}`;
const cases: Readonly<Record<string, Case>> = {
  'a token': {
    x: [rows[0]!, [3, Number.NaN], rows[2]!],
    says: say('the input', '1 of 3 tokens is not, the first token 1, feature 1. Received: NaN.'),
  },
  'some tokens': {
    x: [rows[0]!, [-Infinity, 2], [1, Number.NaN]],
    says: say('the input', '2 of 3 tokens are not, the first token 1, feature 0. Received: -Infinity.'),
  },
  'a weight of the gate': {
    change: (layer) => write(layer, 'gate/router/kernel', -1, Number.NaN),
    says: say('the weight gate/router/kernel', '1 of 2 rows is not, the first at [1, 1]. Received: NaN.'),
  },
  'the bias of a selection, which would only deselect': {
    args: { gate: { kind: 'topK', k: 1, weighting: 'sigmoid', selectionBias: true } },
    change: (layer) => write(layer, 'selection_bias', 0, Number.NaN),
    says: say('the weight gate/selection_bias', '1 of 2 rows is not, the first at [0, 0]. Received: NaN.'),
  },
  'the weights of all experts': {
    change(layer) {
      for (const at of [0, -1]) write(layer, 'expert/kernel', at, Infinity);
    },
    says: say('the weight expert/kernel', '2 of 2 rows are not, the first at [0, 0, 0]. Received: Infinity.'),
  },
  'a weight of a layer that is an expert': {
    args: { expert: layerExperts(() => layers.dense({ units: 2 })) },
    change: (layer) => write(layer, 'expert_1/bias', 1, Number.NaN),
    says: say('the weight expert_1/bias', '1 of 2 rows is not, the first at [1]. Received: NaN.'),
  },
  'logits that are too large': {
    x: [rows[0]!, [2e38, 2e38], [1e38, 1]],
    change(layer) {
      for (const at of [0, 1]) write(layer, 'gate/router/kernel', at, 3);
    },
    says: say('the logits', '1 of 3 tokens is not, the first token 1, expert 0. Received: Infinity.'),
  },
  'outputs that are too large': {
    x: [[1, 1e25], rows[1]!, rows[2]!],
    change(layer) {
      for (const at of [2, 6]) write(layer, 'expert/kernel', at, -1e25);
    },
    says: say(
      "the experts' output",
      '1 of 3 tokens is not, the first token 0, feature 0. Received: -Infinity.',
    ),
  },
};

/** @param late whether numbers arrive after the call, so that the next one throws */
export function testRefused(late: boolean): void {
  test.each(Object.keys(cases))('%s: is refused, and what is finite is not', async (name) => {
    const { args = {}, x = rows, change, says } = cases[name]!;
    const layer = made(args);
    const call = () => tf.dispose(layer.apply(tf.tensor2d(x), { training: true }) as tf.Tensor);
    const settled = async () => {
      // What was asked for earlier has arrived by then.
      await tf.tidy(() => tf.add(tf.ones([4]), 1)).data();
      await new Promise((done) => setTimeout(done, late ? 20 : 0));
    };
    const sound = made(args);
    for (let i = 0; i < 2; i++) {
      tf.dispose(sound.apply(tf.tensor2d(rows), { training: true }) as tf.Tensor);
      await settled();
    }
    change?.(layer);
    if (late) {
      call();
      await settled();
    }
    expect(call).toThrow(says);
  });
}
