/**
 * Every gate with every loss, dispatcher and capacity: what cannot work together is refused when the layer is made, and
 * whatever is made trains.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { type BalanceLoss, defineGate, type Gate, MoeError } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, noisyTopK, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  defineBalanceLoss,
  importanceLoss,
  loadLoss,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  switchLoss,
  zLoss,
} from '../src/index.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const gates: Readonly<Record<string, Gate>> = {
  softmax: softmax(),
  sigmoid: sigmoid({ normalize: true }),
  temperature: temperature({ noise: 'gumbel', threshold: 0.2, renormalize: true }),
  topK: topK({ k: 2, renormalize: 'afterDrop' }),
  'topK over sigmoid': topK({ k: 2, weighting: sigmoid(), selectionBias: true, weightScale: 2.5 }),
  'topK over noisyTopK': topK({ k: 1, weighting: noisyTopK({ k: 2 }) }),
  noisyTopK: noisyTopK({ k: 2 }),
  switchGate: switchGate(),
  hierarchical: hierarchical({ groups: 2, inner: topK({ k: 1 }) }),
  'hierarchical with noise': hierarchical({ groups: 2, outer: noisyTopK({ k: 1 }) }),
};
/** Whose routing has a smooth load. */
const noisy = ['noisyTopK', 'hierarchical with noise'];

const losses: Readonly<Record<string, BalanceLoss[]>> = {
  none: [],
  switchLoss: [switchLoss()],
  'switchLoss of first choices': [switchLoss({ scaling: 'top1' })],
  zLoss: [zLoss()],
  'importanceLoss of weights': [importanceLoss()],
  'importanceLoss of probabilities': [importanceLoss({ of: 'probabilities', variance: 'sample' })],
  'loadLoss of the count': [loadLoss({ of: 'count' })],
  loadLoss: [switchLoss(), loadLoss()],
};
const dispatchers = ['auto', 'dense', 'capacity', 'grouped'] as const;
const capacities = { none: undefined, number: 1, factor: { factor: 0.5 } };

/** What must be refused, and by which rule. */
function ruleFor(gate: string, loss: string, dispatch: string, capacity: string): string | undefined {
  if (dispatch === 'capacity' && capacity === 'none') return "dispatch 'capacity' needs a capacity";
  if ((dispatch === 'dense' || dispatch === 'grouped') && capacity !== 'none') return 'never drops a token';
  if (loss === 'loadLoss' && !noisy.includes(gate))
    return 'loadLoss: the gate has no load estimate; use noisyTopK';
  return undefined;
}

function trainsOnce(args: Partial<MixtureOfExpertsArgs>): boolean {
  return tf.tidy(() => {
    const layer = mixtureOfExperts({
      experts: 4,
      expert: linear(),
      seed: 1,
      ...args,
    } as MixtureOfExpertsArgs);
    const y = layer.apply(
      tf.tensor2d([
        [1, -2, 0.5],
        [0.3, 1, 1],
        [-1, 0, 2],
      ]),
      { training: true },
    );
    const terms = [y as tf.Tensor, ...layer.calculateLosses()];
    const finite = terms.every((term) => Array.from(term.dataSync()).every(Number.isFinite));
    layer.dispose();
    return finite;
  });
}

describe.each(Object.keys(gates))('%s', (gate) => {
  test.each(Object.keys(losses))('with %s', (loss) => {
    for (const dispatch of dispatchers) {
      for (const [capacity, value] of Object.entries(capacities)) {
        const where = `${gate}, ${loss}, ${dispatch}, ${capacity}`;
        const args = {
          gate: gates[gate]!,
          balance: losses[loss]!,
          dispatch,
          ...(value && { capacity: value }),
        };
        const rule = ruleFor(gate, loss, dispatch, capacity);
        if (rule === undefined) expect(trainsOnce(args), where).toBe(true);
        else expect(() => mixtureOfExperts({ experts: 4, expert: linear(), ...args }), where).toThrow(rule);
      }
    }
  });
});

describe('sizes that do not fit are refused when the layer is made', () => {
  test.each([
    [4, topK({ k: 5 }), 'k must be an integer between 1 and the number of experts (4). Received: 5.'],
    [1, topK(), 'k must be an integer between 1 and the number of experts (1). Received: 2.'],
    [1, noisyTopK(), 'k must be an integer between 1 and the number of experts (1). Received: 2.'],
    [4, topK({ k: 2, weighting: noisyTopK({ k: 5 }) }), 'number of experts (4). Received: 5.'],
    [4, temperature({ threshold: 0.25 }), 'threshold must be below 1 / the number of experts (4)'],
    [6, hierarchical({ groups: 4 }), 'groups must divide the number of experts (6). Received: 4.'],
    [6, hierarchical({ groups: 3, inner: topK({ k: 3 }) }), 'number of experts (2). Received: 3.'],
    [6, hierarchical({ groups: 2, outer: topK({ k: 3 }) }), 'number of experts (2). Received: 3.'],
    [
      8,
      hierarchical({ groups: 2, inner: hierarchical({ groups: 3 }) }),
      'number of experts (4). Received: 3.',
    ],
  ])('%d experts, %#', (experts, gate, rule) => {
    expect(() => mixtureOfExperts({ experts, gate, expert: linear() })).toThrow(rule);
  });
});

describe("losses and gates of one's own", () => {
  const needy = defineBalanceLoss('togetherNeedy', () => ({
    config: {},
    weight: 1,
    value(ops, routing) {
      if (routing.unnormalized === undefined)
        throw new MoeError('togetherNeedy', 'needs unnormalized weights');
      return ops.meanTokens(ops.sumExperts(routing.unnormalized));
    },
  }));

  test('a loss that asks for what the gate has not is refused at once', () => {
    const make = (gate: Gate) => mixtureOfExperts({ experts: 2, gate, expert: linear(), balance: [needy()] });
    expect(() => make(softmax())).toThrow('[tfjs-moe] togetherNeedy: needs unnormalized weights.');
    expect(() => make(sigmoid({ normalize: true }))).not.toThrow();
  });

  test('nothing is computed to know it, whatever the sizes', () => {
    const router = { kind: 'mlp', hiddenUnits: [1e6, 1e6] };
    const gate = noisyTopK({ k: 2, router });
    expect(() =>
      mixtureOfExperts({ experts: 1024, gate, expert: linear(), balance: [loadLoss()] }),
    ).not.toThrow();
  });

  test('what looks into its values is not called wrong', () => {
    const looking = defineBalanceLoss('togetherLooking', () => ({
      config: {},
      weight: 1,
      value: (ops, routing) => ops.constant((routing.weights as unknown as tf.Tensor).shape.length),
    }));
    const route = vi.fn(() => {
      throw new TypeError('this gate reads tensors');
    });
    const gate = defineGate('togetherReading', () => ({ ...softmax(), config: {}, route }))();
    const make = (args: object) => () =>
      mixtureOfExperts({ experts: 2, gate: 'softmax', expert: 'linear', balance: [looking()], ...args });
    expect(make({})).not.toThrow();
    expect(make({ gate, balance: [loadLoss()] })).not.toThrow();
    expect(route).toHaveBeenCalled();
  });
});
