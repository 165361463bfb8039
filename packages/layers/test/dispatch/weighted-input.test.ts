/** The gate's weight at the experts' input: the formula, on float64 arrays, under every dispatcher. */
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { arrayGateOps, arrayInput, arrayOps, type Expert, getGate, replicate } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { ffn, identity, linear } from '@tfjs-moe/experts';
import { sigmoid, softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  expertInput,
  layerExperts,
  type MixtureOfExpertsArgs,
  mixedExperts,
  mixtureOfExperts,
  sharedExperts,
} from '../../src/index.ts';
import { centralDifferences } from '../../src/testing/index.ts';
import { assertNear } from '../../src/testing/layer-assertions.ts';
import { onEveryBackend } from '../backends.ts';

const [experts, inputDim, units, tokens] = [4, 3, 2, 6];
const rows = drawnRows(tokens, inputDim, 1);

const gates = {
  llama4: topK({ k: 1, weighting: sigmoid() }),
  topTwo: topK({ k: 2 }),
  dense: softmax(),
};
const kinds: Record<'linear' | 'ffn', Expert> = { linear: linear(), ffn: ffn({ hiddenUnits: 3 }) };

function oracle(gate: keyof typeof gates, kind: keyof typeof kinds, seed: number) {
  const [ofGate, ofExpert] = [
    gates[gate].params(inputDim, experts),
    replicate(kinds[kind].params(inputDim, units), experts),
  ];
  const data = { gate: drawnData(ofGate, seed), expert: drawnData(ofExpert, seed + 1) };
  const output = (): number[] => {
    const routing = gates[gate].route(arrayGateOps(), arrayInput(rows), valuesOf(ofGate, data.gate), {
      experts,
      training: false,
    });
    return rows.flatMap((row, t) => {
      const y = Array.from({ length: units }, () => 0);
      for (let e = 0; e < experts; e++) {
        const sent = routing.choices.some((choice) => choice.data[t * experts + e] === 1);
        const weight = routing.weights.data[t * experts + e]!;
        const scaled = arrayInput([row.map((value) => value * weight)]);
        const h = kinds[kind].apply(arrayOps, scaled, valuesOf(ofExpert, data.expert));
        if (sent) for (let u = 0; u < units; u++) y[u] = y[u]! + h.data[e * units + u]!;
      }
      return y;
    });
  };
  return { data, output };
}

function built(args: Partial<MixtureOfExpertsArgs>) {
  const layer = mixtureOfExperts({
    experts,
    units,
    gate: 'softmax',
    expert: 'linear',
    weightAt: expertInput,
    seed: 1,
    name: 'moe',
    ...args,
  } as MixtureOfExpertsArgs);
  layer.build([null, inputDim]);
  return layer;
}

onEveryBackend(() => {
  describe.each(['dense', 'grouped', 'capacity'] as const)('%s', (dispatch) => {
    const capacity = dispatch === 'capacity' ? { capacity: tokens } : {};

    test.each(Object.keys(gates) as (keyof typeof gates)[])(
      '%s: values and gradients are those of the formula',
      (name) => {
        for (const kind of ['linear', 'ffn'] as const) {
          const { data, output } = oracle(name, kind, 3);
          const layer = built({ gate: gates[name], expert: kinds[kind], dispatch, ...capacity });
          const numbers = new Map<string, Float64Array>();
          for (const weight of layer.weights) {
            const [part, ...path] = weight.originalName
              .split('/')
              .slice(-weight.originalName.split('/').length) as [string];
            const values = data[part as 'gate'][path.join('/')]!;
            numbers.set(weight.name, values);
            weight.write(tf.tensor(Float32Array.from(values), weight.shape as number[]));
          }
          assertNear(
            layer.call(tf.tensor2d(rows), {}).dataSync() as Float32Array,
            Float64Array.from(output()),
            'output',
            1e-5,
          );
          const { grads } = tf.variableGrads(
            () => tf.sum(tf.square(layer.call(tf.tensor2d(rows), {}))) as tf.Scalar,
          );
          for (const [weight, values] of numbers) {
            const loss = () => output().reduce((sum, y) => sum + y * y, 0);
            assertNear(
              grads[weight]!.dataSync() as Float32Array,
              centralDifferences(loss, values),
              weight,
              2e-5,
            );
          }
        }
      },
    );

    test('for layers of tfjs as for definitions', () => {
      const expert = layerExperts(() => layers.dense({ units, kernelInitializer: 'ones', useBias: false }));
      const layer = built({ gate: gates.topTwo, expert, units, dispatch, ...capacity });
      const x = tf.tensor2d(rows);
      const { weights_TE } = layer.route(x);
      const expected = tf.mul(tf.sum(x, 1, true), tf.sum(weights_TE, 1, true));
      const y = layer.call(x, {}).dataSync();
      expected.dataSync().forEach((value, t) => {
        for (let u = 0; u < units; u++) expect(y[t * units + u]).toBeCloseTo(value, 5);
      });
    });

    test('experts of several definitions, beside shared ones: only those that are chosen see the weight', () => {
      const layer = built({
        gate: gates.topTwo,
        expert: mixedExperts([
          { expert: identity(), count: 1 },
          { expert: linear(), count: 3 },
        ]),
        shared: sharedExperts({ expert: identity() }),
        units: inputDim,
        dispatch,
        ...capacity,
      });
      const kernel = layer.weights.find(({ originalName }) => originalName === 'expert/part_2/kernel')!;
      kernel.write(tf.tile(tf.expandDims(tf.eye(inputDim)), [3, 1, 1]));
      const x = tf.tensor2d(rows);
      const mask = tf.tensor1d([1, 1, 0, 1, 1, 1]);
      const { weights_TE } = layer.route(x, mask);
      // Every expert is the identity, so the weights are all that is seen of them.
      const expected = tf.mul(x, tf.add(tf.sum(weights_TE, 1, true), tf.expandDims(mask, 1))).dataSync();
      layer
        .call(x, { mask })
        .dataSync()
        .forEach((value, i) => {
          expect(value).toBeCloseTo(expected[i]!, 5);
        });
    });

    test('a token of NaN is NaN alone', () => {
      const layer = built({ gate: gates.topTwo, dispatch, ...capacity });
      const broken = rows.map((row, t) => (t === 2 ? [Number.NaN, ...row.slice(1)] : row));
      const [sound, after] = [rows, broken].map((x) => layer.call(tf.tensor2d(x), {}).dataSync());
      after!.forEach((value, i) => {
        if (Math.floor(i / units) === 2) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(sound![i]!, 5);
      });
    });
  });
});

test('is refused where a drop would change the weights after the experts have seen them', () => {
  const layer = built({ gate: topK({ k: 2, renormalize: 'afterDrop' }), capacity: 2 });
  expect(() => layer.call(tf.tensor2d(rows), {})).toThrow(
    "[tfjs-moe] weightAt: 'input' needs weights that no drop changes",
  );
  expect(() => built({ weightAt: 'middle' as never })).toThrow("weightAt must be one of 'output', 'input'");
  expect(getGate(layer.gate.config)).toBeDefined();
});
