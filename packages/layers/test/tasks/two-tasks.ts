/** Two targets of a real table, learned by a multi-gate mixture and by a shared bottom of the same size. */
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { stream } from '@tfjs-moe/core';
import { columnOf, completeRows } from '@tfjs-moe/datasets';
import { penguins } from '@tfjs-moe/datasets/penguins';
import { ffn } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { multiGateMixtureOfExperts } from '../../src/index.ts';

/** What is predicted, from the length of beak and flipper and the sex of a penguin. */
export const targets = ['bodyMass', 'beakDepth'] as const;

/** The mean squared error of each target on birds not seen, where the variance of the target is 1. */
export interface Errors {
  readonly mixture: readonly number[];
  readonly sharedBottom: readonly number[];
  readonly parameters: { readonly mixture: number; readonly sharedBottom: number };
}

interface Table {
  readonly x: number[][];
  readonly ys: number[][][];
}

/**
 * Trains both on the same two thirds of the birds, in the same order, and tests them on the rest.
 * @param seed of the split, of the initial weights and of the order
 */
export async function compareTwoTasks(seed: number, epochs: number): Promise<Errors> {
  const { train, test } = split(seed);
  const mixture = mixtureModel(seed);
  const bottom = sharedBottomModel(seed);
  const errors: number[][] = [];
  for (const model of [mixture, bottom]) {
    await fit(model, train, epochs, seed);
    errors.push(errorsOn(model, test));
  }
  const parameters = { mixture: mixture.countParams(), sharedBottom: bottom.countParams() };
  for (const model of [mixture, bottom]) model.dispose();
  return { mixture: errors[0]!, sharedBottom: errors[1]!, parameters };
}

function mixtureModel(seed: number): LayersModel {
  const x = input({ shape: [3] });
  const outputs = multiGateMixtureOfExperts({
    tasks: [...targets],
    experts: 4,
    gate: softmax(),
    expert: ffn({ hiddenUnits: 8, activation: 'tanh' }),
    units: 4,
    seed,
  }).apply(x);
  return withHeads(x, outputs, seed);
}

/** One network for both targets, as wide as gives it as many parameters. */
function sharedBottomModel(seed: number): LayersModel {
  const x = input({ shape: [3] });
  const dense = (units: number, activation: 'tanh' | 'linear', i: number) =>
    layers.dense({ units, activation, kernelInitializer: glorot(seed, i) });
  const hidden = dense(38, 'tanh', 1).apply(x);
  const output = dense(4, 'linear', 2).apply(hidden) as SymbolicTensor;
  return withHeads(x, [output, output], seed);
}

function withHeads(x: SymbolicTensor, shared: readonly SymbolicTensor[], seed: number): LayersModel {
  const heads = shared.map((each, i) => {
    const head = layers.dense({ units: 1, kernelInitializer: glorot(seed, 3 + i) });
    return head.apply(each) as SymbolicTensor;
  });
  return functional({ inputs: x, outputs: heads });
}

const glorot = (seed: number, i: number) =>
  ({ className: 'GlorotUniform', config: { seed: 10 * seed + i } }) as unknown as 'glorotUniform';

async function fit(model: LayersModel, { x, ys }: Table, epochs: number, seed: number): Promise<void> {
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
  const size = 32;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = [...stream(seed, 'order', epoch).permutation(x.length)];
    for (let start = 0; start < order.length; start += size) {
      const rows = order.slice(start, start + size);
      const pick = (table: number[][]) => tf.tensor2d(rows.map((row) => table[row]!));
      const batch = [pick(x), ...ys.map(pick)];
      await model.trainOnBatch(batch[0]!, batch.slice(1));
      tf.dispose(batch);
    }
  }
}

function errorsOn(model: LayersModel, { x, ys }: Table): number[] {
  return tf.tidy(() => {
    const outputs = model.predict(tf.tensor2d(x)) as tf.Tensor[];
    return outputs.map((y, i) => tf.mean(tf.square(tf.sub(y, tf.tensor2d(ys[i]!)))).dataSync()[0]!);
  });
}

/** A third of the birds is for testing. All numbers are standardised by those of the other birds. */
function split(seed: number): { readonly train: Table; readonly test: Table } {
  const rows = completeRows(penguins);
  const numbers = (name: string) => columnOf(penguins, name).values as readonly number[];
  const order = [...stream(seed, 'split').permutation(rows.length)].map((i) => rows[i]!);
  const cut = Math.round(rows.length / 3);
  const [test, train] = [order.slice(0, cut), order.slice(cut)];
  const standard = (values: readonly number[]) => {
    const of = train.map((row) => values[row]!);
    const mean = of.reduce((sum, value) => sum + value, 0) / of.length;
    const variance = of.reduce((sum, value) => sum + (value - mean) ** 2, 0) / of.length;
    return (row: number) => (values[row]! - mean) / Math.sqrt(variance);
  };
  const inputs = [
    standard(numbers('beakLength')),
    standard(numbers('flipperLength')),
    (row: number) => (columnOf(penguins, 'sex').values[row] === 'male' ? 1 : -1),
  ];
  const outputs = targets.map((name) => standard(numbers(name)));
  const table = (of: readonly number[]): Table => ({
    x: of.map((row) => inputs.map((value) => value(row))),
    ys: outputs.map((value) => of.map((row) => [value(row)])),
  });
  return { train: table(train), test: table(test) };
}
