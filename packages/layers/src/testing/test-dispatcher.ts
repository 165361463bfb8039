import * as tf from '@tensorflow/tfjs-core';
import { stream } from '@tfjs-moe/core';
import { assert, type Runner } from '@tfjs-moe/core/testing';
import type { Dispatched, Dispatcher } from '../dispatch/dispatcher.ts';
import { paramValue } from '../interpretation/param.ts';
import type { RoutingPlan } from '../routing-plan.ts';
import { addAll } from '../tensor/add-all.ts';
import { assertNear } from './layer-assertions.ts';
import { assertSameGradients, assertSameValues, drawnInput, type Twins } from './twins.ts';

/** Options of `testDispatcher`: how exact it must be. */
export interface TestDispatcherOptions {
  /** Tolerance relative to the largest entry of each tensor. Default 1e-5. */
  readonly tolerance?: number;
}

/** Which experts each token was sent to, first choice first. */
type Chosen = readonly (readonly number[])[];

const [INPUTS, UNITS] = [3, 2];

const cases: Readonly<Record<string, { readonly experts: number; readonly chosen: Chosen }>> = {
  'one expert per token': { experts: 4, chosen: [[2], [0], [0], [3], [2], [0]] },
  'two experts per token': {
    experts: 4,
    chosen: [
      [0, 1],
      [3, 0],
      [2, 3],
      [1, 3],
      [0, 2],
    ],
  },
  'every expert for every token': {
    experts: 3,
    chosen: [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ],
  },
  'all tokens with one expert': { experts: 5, chosen: [[4], [4], [4], [4]] },
  'padding, which goes nowhere': { experts: 3, chosen: [[1], [], [0], []] },
  'nothing but padding': { experts: 2, chosen: [[], []] },
  'a single token': { experts: 8, chosen: [[6, 1]] },
  'a single expert': { experts: 1, chosen: [[0], [0], [0]] },
};

/**
 * The contract of a dispatcher, on whatever backend is current: $y_t = \sum_e w_{te} h_e(x_t)$ over the selected experts,
 * with gradients to inputs, weights and parameters, for experts that are written in `Ops`, experts that ignore their
 * input, and experts that are layers; nothing is dropped, and no tensor is left.
 *
 * A dispatcher that drops is tested with room for all, as `capacityDispatch((tokens) => tokens)`.
 */
export function testDispatcher(
  { test }: Runner,
  dispatcher: Dispatcher,
  { tolerance = 1e-5 }: TestDispatcherOptions = {},
): void {
  const { name } = dispatcher;

  test(`${name}: has a name that a saved layer can hold`, () => {
    assert(
      /^[a-z][A-Za-z0-9]*$/.test(name),
      'the name of a dispatcher must be lower camel case, like grouped',
    );
  });

  for (const [label, { experts, chosen }] of Object.entries(cases)) {
    const inputs = inputsOf(experts, chosen);
    for (const [kind, run] of Object.entries(expertRuns)) {
      const twins: Twins = {
        inputs,
        tensor: (x, weights, kernel, bias) => {
          const plan = planOf(chosen, experts, weights as tf.Tensor2D);
          const dispatched = dispatcher.dispatch(x as tf.Tensor2D, plan);
          const y_TU = dispatched.combine(run.tensor(dispatched, kernel as tf.Tensor, bias as tf.Tensor));
          // tfjs refuses gradients to what an output does not depend on.
          return tf.add(y_TU, tf.mul(0, tf.add(tf.sum(x as tf.Tensor), tf.sum(kernel as tf.Tensor))));
        },
        float64: (x, weights, kernel, bias) =>
          combined(chosen, experts, weights as Float64Array, (t, e) =>
            run.float64((x as Float64Array).subarray(t * INPUTS, (t + 1) * INPUTS), e, kernel!, bias!),
          ),
      };
      test(`${name}, ${label}, ${kind}: values are the weighted sums`, () => {
        assertSameValues(name, twins, tolerance);
      });
      test(`${name}, ${label}, ${kind}: gradients are the central differences`, () => {
        assertSameGradients(name, twins, tolerance);
      });
    }

    test(`${name}, ${label}: says what it kept, and with which weight`, () => {
      tf.tidy(() => {
        const [x, weights] = inputs.map(({ shape, data }) => tf.tensor(Array.from(data), [...shape]));
        const plan = planOf(chosen, experts, weights as tf.Tensor2D);
        const { kept_TE, weights_TE } = dispatcher.dispatch(x as tf.Tensor2D, plan);
        assertNear(kept_TE.dataSync(), plan.selected_TE.dataSync(), 'kept_TE', 0);
        assertNear(weights_TE.dataSync(), plan.weights_TE.dataSync(), 'weights_TE', 1e-6);
      });
    });

    test(`${name}, ${label}: shows each expert its own rows, and which they are where others lie among them`, () => {
      tf.tidy(() => {
        const [x, weights] = inputs.map(({ shape, data }) => tf.tensor(Array.from(data), [...shape]));
        const plan = planOf(chosen, experts, weights as tf.Tensor2D);
        const seen = new Float64Array(experts);
        dispatcher.dispatch(x as tf.Tensor2D, plan).eachExpert((x_ND, expert, counts_N) => {
          const counts = counts_N ?? tf.ones([x_ND.shape[0]]);
          const own = tf.mul(x_ND, tf.reshape(counts, [x_ND.shape[0], 1]));
          seen[expert] = tf.sum(tf.abs(own)).dataSync()[0]!;
          return tf.zeros([x_ND.shape[0], UNITS]);
        });
        const sent = tf.matMul(tf.transpose(plan.selected_TE), tf.sum(tf.abs(x!), 1, true));
        assertNear(seen, sent.dataSync(), 'sum over the rows of each expert', tolerance);
      });
    });
  }
}

/** One kind of expert on tensors and on float64 numbers. */
interface ExpertRun {
  tensor(dispatched: Dispatched, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor;
  float64(x: Float64Array, expert: number, kernel: Float64Array, bias: Float64Array): number[];
}

const kernelSpec = { shape: [INPUTS, UNITS], initializer: { kind: 'zeros' } } as const;
const biasSpec = { shape: [UNITS], initializer: { kind: 'zeros' } } as const;

function affine(x: Float64Array, expert: number, kernel: Float64Array, bias: Float64Array): number[] {
  return Array.from({ length: UNITS }, (_, u) =>
    x.reduce(
      (sum, value, i) => sum + value * kernel[(expert * INPUTS + i) * UNITS + u]!,
      bias[expert * UNITS + u]!,
    ),
  );
}

const expertRuns: Readonly<Record<string, ExpertRun>> = {
  'experts in Ops': {
    tensor: ({ ops, input, layout }, kernel, bias) =>
      ops.activation(
        'tanh',
        ops.affine(input, paramValue(kernel, kernelSpec, layout), paramValue(bias, biasSpec, layout)),
      ),
    float64: (...numbers) => affine(...numbers).map(Math.tanh),
  },
  'experts that ignore their input': {
    tensor: ({ layout }, _, bias) => paramValue(bias, biasSpec, layout),
    float64: (_, expert, __, bias) => [...bias.subarray(expert * UNITS, (expert + 1) * UNITS)],
  },
  'experts that all do the same': {
    tensor({ ops, input, layout }, kernel, bias) {
      const first = (all: tf.Tensor) => tf.slice(all, [0], [1]);
      return ops.affine(input, first(kernel), paramValue(first(bias), biasSpec, layout));
    },
    float64: (x, _, kernel, bias) => affine(x, 0, kernel, bias),
  },
  'experts that are layers': {
    tensor: ({ eachExpert }, kernel, bias) =>
      eachExpert((x_ND, expert) => {
        const own = <R extends tf.Rank>(all: tf.Tensor) =>
          tf.squeeze(tf.slice(all, [expert], [1]), [0]) as tf.Tensor<R>;
        return tf.add(tf.matMul(x_ND, own<tf.Rank.R2>(kernel)), own(bias)) as tf.Tensor2D;
      }),
    float64: affine,
  },
};

function inputsOf(experts: number, chosen: Chosen): Twins['inputs'] {
  const draw = stream(11, 'weights');
  const weights = chosen.flatMap((own) =>
    Array.from({ length: experts }, (_, e) => (own.includes(e) ? 0.1 + draw.uniform() : 0)),
  );
  return [
    drawnInput([chosen.length, INPUTS], 1),
    { shape: [chosen.length, experts], data: weights },
    drawnInput([experts, INPUTS, UNITS], 2),
    drawnInput([experts, UNITS], 3),
  ];
}

/** A plan whose weights are a tensor that gradients flow to. */
function planOf(chosen: Chosen, experts: number, weights: tf.Tensor2D): RoutingPlan {
  const tokens = chosen.length;
  const levels = Math.max(1, ...chosen.map(({ length }) => length));
  const choices_TE = Array.from({ length: levels }, (_, level) =>
    tf.tensor2d(
      chosen.flatMap((own) => Array.from({ length: experts }, (_, e) => Number(own[level] === e))),
      [tokens, experts],
    ),
  );
  const selected_TE = addAll(choices_TE);
  const weights_TE = tf.mul(weights, selected_TE) as tf.Tensor2D;
  return {
    tokens,
    experts,
    expertsPerToken: levels,
    logits_TE: weights,
    probabilities_TE: weights,
    choices_TE,
    selected_TE,
    weights_TE,
    renormalizeAfterDrop: false,
  };
}

function combined(
  chosen: Chosen,
  experts: number,
  weights: Float64Array,
  output: (token: number, expert: number) => number[],
): Float64Array {
  const result = new Float64Array(chosen.length * UNITS);
  chosen.forEach((own, t) => {
    for (const e of own) {
      output(t, e).forEach((value, u) => {
        result[t * UNITS + u]! += weights[t * experts + e]! * value;
      });
    }
  });
  return result;
}
