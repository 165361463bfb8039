/** Layers with several gates against float64 layers with one gate each, which share the numbers of their experts. */
import * as tf from '@tensorflow/tfjs-core';
import type { Expert, Gate } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { expect } from 'vitest';
import { type MultiGateMixtureOfExpertsArgs, multiGateMixtureOfExperts } from '../../src/index.ts';
import { centralDifferences, float64Layer, type LayerData } from '../../src/testing/index.ts';

export interface TaskCase {
  readonly gates: readonly Gate[];
  readonly expert: Expert;
  readonly experts: number;
  readonly mask?: readonly number[];
  readonly more?: Partial<MultiGateMixtureOfExpertsArgs>;
}

const [tokens, inputDim, units] = [6, 3, 2];

/** The name of a weight below its layer, and below the task where it is a gate's. */
const nameOf = (original: string) => original.slice(original.search(/(gate|expert)\//));

export function expectOracle({ gates, expert, experts, mask, more }: TaskCase): void {
  const rows = drawnRows(tokens, inputDim, 1).map((row) => row.map(Math.fround));
  const slopes = gates.map((_, g) => drawnRows(tokens, units, 9 + g).map((row) => row.map(Math.fround)));
  const oracles = gates.map((gate) => float64Layer(gate, expert, { experts, inputDim, units }));
  const data: LayerData = {};
  oracles.forEach((oracle, g) => {
    for (const [name, values] of Object.entries(oracle.draw(3 + g))) {
      if (name.startsWith('gate/')) data[name.replace('gate/', `gate/task_${g + 1}/`)] = values;
      else data[name] ??= values;
    }
  });
  const ofTask = (g: number): LayerData =>
    Object.fromEntries(
      Object.entries(data).flatMap(([name, values]) => {
        if (name.startsWith('expert/')) return [[name, values]];
        const own = `gate/task_${g + 1}/`;
        return name.startsWith(own) ? [[name.replace(own, 'gate/'), values]] : [];
      }),
    );
  const outputs = (g: number, given = rows) => oracles[g]!.output(given, ofTask(g), mask);
  const objective = (given = rows) =>
    gates.reduce((sum, _, g) => {
      const flat = slopes[g]!.flat();
      return sum + outputs(g, given).reduce((part, y, i) => part + y * flat[i]!, 0);
    }, 0);

  const layer = multiGateMixtureOfExperts({
    tasks: gates.length,
    experts,
    gate: gates,
    expert,
    units,
    seed: 5,
    ...more,
  });
  layer.build([null, inputDim]);
  for (const weight of layer.weights) {
    const values = Float32Array.from(data[nameOf(weight.originalName)]!);
    tf.tidy(() => {
      weight.write(tf.tensor(values, weight.shape as number[]));
    });
  }
  const call = (x: tf.Tensor) =>
    layer.call(x, mask === undefined ? {} : { mask: tf.tensor1d([...mask], 'float32') });

  tf.tidy(() => {
    call(tf.tensor2d(rows)).forEach((y, g) => {
      near(y.dataSync(), outputs(g), `output ${g}`);
    });
    const loss = (x: tf.Tensor) =>
      tf.addN(call(x).map((y, g) => tf.sum(tf.mul(y, tf.tensor2d(slopes[g]!))))) as tf.Scalar;
    const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(() => loss(tf.tensor2d(rows)), variables);
    layer.trainableWeights.forEach((weight, i) => {
      const name = nameOf(weight.originalName);
      const expected = centralDifferences(() => objective(), data[name]!);
      near(grads[variables[i]!.name]!.dataSync(), expected, `gradient to ${name}`);
    });
    const flat = Float64Array.from(rows.flat());
    const expected = centralDifferences(
      () => objective(rows.map((_, t) => [...flat.subarray(t * inputDim, (t + 1) * inputDim)])),
      flat,
    );
    near(tf.grad(loss)(tf.tensor2d(rows)).dataSync(), expected, 'gradient to the input');
  });
  tf.dispose(layer.weights.map((weight) => weight.read()));
}

export function near(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  const scale = Math.max(1e-3, ...Array.from(expected, Math.abs));
  expect(actual.length, what).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    expect(
      Math.abs(actual[i]! - value) / scale,
      `${what}, number ${i}: ${actual[i]} for ${value}`,
    ).toBeLessThan(2e-5);
  });
}
