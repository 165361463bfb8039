/**
 * What the layer promises for a gate and an expert, on whatever backend is current: values and all gradients equal the
 * float64 oracle under every dispatcher; padding changes nothing; it trains, saves, reloads and leaks no tensor.
 */
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import type { Expert, Gate } from '@tfjs-moe/core';
import { assert, drawnRows, type Runner } from '@tfjs-moe/core/testing';
import type { MixedExperts } from '../experts/bank-of.ts';
import type { SharedExperts } from '../extensions/shared-experts.ts';
import { type MixtureOfExperts, mixtureOfExperts } from '../mixture-of-experts.ts';
import type { MixtureOfExpertsArgs } from '../settings.ts';
import { centralDifferences, float64Layer, type LayerData, type LayerSizes } from './float64-layer.ts';
import { assertNear, keptModel, readWeight } from './layer-assertions.ts';
import { call, disposeWeights, layerWith, numbersOf } from './layer-under-test.ts';

/** Options of `testLayer`: which gate and expert, under which dispatchers and backends. */
export interface TestLayerOptions extends Partial<LayerSizes> {
  /** Number of tokens. Default 7. */
  readonly tokens?: number;
  /** Tolerance relative to the largest entry of each tensor. Default 1e-5. */
  readonly tolerance?: number;
  /** Dispatchers to test. Default dense, capacity (with room for all) and grouped. */
  readonly dispatch?: readonly ('auto' | 'dense' | 'capacity' | 'grouped')[];
  /** Seed of parameters and inputs. Default 1. */
  readonly seed?: number;
  /** 1 for tokens that count, 0 for padding. Default: none is padding. */
  readonly mask?: readonly number[];
  /** Changes the drawn parameters before they are used, for example to starve an expert. */
  readonly adjust?: (data: LayerData) => void;
  /** Experts that see every token beside the others. Default none. */
  readonly shared?: SharedExperts;
}

const dispatchers = ['dense', 'capacity', 'grouped'] as const;

/** Tests values and gradients of one layer against the oracle. */
export function testLayerGradients(
  runner: Runner,
  gate: Gate,
  expert: Expert | MixedExperts,
  options: TestLayerOptions = {},
): void {
  const { tokens = 7, tolerance = 1e-5, seed = 1, mask, shared, sequences } = options;
  const { experts = 4, inputDim = 3, units = 2 } = options;
  const name = expert.role === 'expert' ? expert.kind : expert.role;
  const oracle = float64Layer(
    gate,
    expert,
    { experts, inputDim, units, ...(sequences && { sequences }) },
    shared,
  );
  const data = oracle.draw(seed);
  options.adjust?.(data);
  const rows = drawnRows(tokens, inputDim, seed).map((row) => row.map(Math.fround));
  const slopes = drawnRows(tokens, units, seed + 2)
    .flat()
    .map(Math.fround);
  const objective = (inputs = rows) =>
    oracle.output(inputs, data, mask).reduce((sum, y, i) => sum + y * slopes[i]!, 0);
  const differences = differencesOnce(objective, data, rows);

  // A gate that mixes tokens has one way to do it.
  for (const dispatch of gate.mix ? (['soft'] as const) : (options.dispatch ?? dispatchers)) {
    const { test } = runner;
    const make = () =>
      layerWith(
        data,
        { experts, gate, expert, units, dispatch, ...(shared && { shared }) },
        tokens,
        inputDim,
      );

    test(`${gate.kind} and ${name}, ${dispatch}: values equal the oracle`, async () => {
      const layer = make();
      const [y] = await numbersOf(() => [call(layer, tf.tensor2d(rows), mask, sequences)]);
      assertNear(y as Float32Array, oracle.output(rows, data, mask), 'output', tolerance);
      disposeWeights(layer);
    });

    test(`${gate.kind} and ${name}, ${dispatch}: gradients equal central differences`, async () => {
      const layer = make();
      const loss = (x: tf.Tensor) =>
        tf.sum(tf.mul(call(layer, x, mask, sequences), tf.tensor2d(slopes, [tokens, units]))) as tf.Scalar;
      const weights = layer.trainableWeights;
      const [toInput, ...toWeights] = await numbersOf(() => {
        const variables = weights.map((weight) => weight.read() as tf.Variable);
        const { grads } = tf.variableGrads(() => loss(tf.tensor2d(rows)), variables);
        const found = weights.map((weight) => grads[weight.name] ?? tf.zerosLike(weight.read()));
        return [tf.grad(loss)(tf.tensor2d(rows)), ...found];
      });
      weights.forEach((weight, i) => {
        const parameter = readWeight(weight);
        const expected = differences.to(parameter);
        assertNear(toWeights[i] as Float32Array, expected, `gradient to ${parameter}`, tolerance);
      });
      assertNear(toInput as Float32Array, differences.toInput(), 'gradient to the input', tolerance);
      disposeWeights(layer);
    });
  }
}

/** Tests the life of a layer: training without leaks, saving and loading. */
export function testLayerLife(
  { test }: Runner,
  args: Omit<MixtureOfExpertsArgs, 'experts' | 'name'> & { experts?: number },
  label = 'layer',
): void {
  const make = () =>
    mixtureOfExperts({
      experts: 4,
      seed: 3,
      units: 2,
      inputShape: [5],
      ...args,
      name: 'moe',
    } as MixtureOfExpertsArgs);

  test(`${label}: trains by fit and leaks nothing`, async () => {
    const xs = tf.tensor2d(drawnRows(24, 5, 4));
    const ys = tf.tensor2d(drawnRows(24, 2, 5, 0.1));
    const model = sequential({ layers: [make()] });
    model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
    const first = await model.fit(xs, ys, { epochs: 1, batchSize: 8, shuffle: false, verbose: 0 });
    await (model.layers[0] as MixtureOfExperts).routingSettled();
    const { numTensors } = tf.memory();
    const rest = await model.fit(xs, ys, { epochs: 4, batchSize: 8, shuffle: false, verbose: 0 });
    tf.dispose(model.predict(xs));
    tf.dispose(model.evaluate(xs, ys));
    await (model.layers[0] as MixtureOfExperts).routingSettled();
    assert(tf.memory().numTensors === numTensors, `${tf.memory().numTensors - numTensors} tensors leaked`);
    const losses = rest.history.loss as number[];
    const [start, end] = [first.history.loss?.[0] as number, losses.at(-1) as number];
    assert(Number.isFinite(end) && end < start, `the loss went from ${start} to ${end}`);
    model.dispose();
    tf.dispose([xs, ys]);
  });

  test(`${label}: a saved model predicts the same when loaded`, async () => {
    const xs = tf.tensor2d(drawnRows(9, 5, 6));
    const model = sequential({ layers: [make()] });
    const loaded = await loadLayersModel(await keptModel(model));
    const [before, after] = await Promise.all(
      [model, loaded].map((each) => (each.predict(xs) as tf.Tensor).data()),
    );
    assertNear(after as Float32Array, before as Float32Array, 'prediction of the loaded model', 0);
  });
}

/** Central differences to parameters and to the input: they cost most of the time, and are the same for every dispatcher. */
function differencesOnce(
  objective: (rows?: number[][]) => number,
  data: LayerData,
  rows: readonly number[][],
): { to(parameter: string): Float64Array; toInput(): Float64Array } {
  const found = new Map<string, Float64Array>();
  const once = (name: string, find: () => Float64Array) => {
    const differences = found.get(name) ?? find();
    found.set(name, differences);
    return differences;
  };
  return {
    to: (parameter) => once(`to ${parameter}`, () => centralDifferences(() => objective(), data[parameter]!)),
    toInput: () => once('input', () => inputDifferences(objective, rows)),
  };
}

/** Central differences to the entries of the input. */
function inputDifferences(objective: (rows: number[][]) => number, rows: readonly number[][]): Float64Array {
  const flat = Float64Array.from(rows.flat());
  const width = rows[0]?.length ?? 0;
  return centralDifferences(
    () => objective(rows.map((_, t) => [...flat.subarray(t * width, (t + 1) * width)])),
    flat,
  );
}
