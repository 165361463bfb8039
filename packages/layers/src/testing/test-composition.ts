import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { assert, drawnRows, type Runner } from '@tfjs-moe/core/testing';
import { switchLoss } from '../losses/switch-loss.ts';
import { zLoss } from '../losses/z-loss.ts';
import { type MixtureOfExperts, mixtureOfExperts } from '../mixture-of-experts.ts';
import type { MixtureOfExpertsArgs } from '../settings.ts';
import { type Composition, compositions } from './compositions.ts';
import { assertNear, keptModel } from './layer-assertions.ts';

const TOKENS = 6;
const FEATURES = 5;
const UNITS = 2;
const RATE = 0.1;

/** What one step of training makes of a layer. */
interface Trained {
  /** The training loss before the step. */
  readonly loss: number;
  /** The weights of the layer after it. */
  readonly weights: ArrayLike<number>[];
}

/**
 * Tests that a layer is the same wherever it stands: in a model, in models in models, in a siamese encoder, in
 * `timeDistributed`, in a layer of somebody's own, among the experts of another mixture. There `fit` and a loop of one's
 * own must find the same balance losses, once for each call of the layer, and the same gradients as where the layer is
 * called by hand; nothing stays in memory; and a saved model trains on as it would have.
 *
 * @param args options of the layer, which must have a seed of their own if they draw noise; `balance` has a default
 * @param tolerance relative to the largest entry of each tensor. Default 1e-5
 */
export function testLayerComposition(
  { describe, test }: Runner,
  args: Omit<MixtureOfExpertsArgs, 'experts' | 'name'> & { experts?: number },
  label = 'layer',
  tolerance = 1e-5,
): void {
  const balance = args.balance ?? [switchLoss({ weight: 0.7 }), zLoss({ weight: 0.3 })];
  const make = (losses: MixtureOfExpertsArgs['balance']) =>
    mixtureOfExperts({ experts: 4, seed: 3, units: UNITS, ...args, balance: losses, name: 'moe' } as never);

  for (const composition of compositions) {
    describe(`${label} in ${composition.name}`, () => {
      test('has the balance losses and the gradients that it has alone', async () => {
        const alone = await trainedAlone(make(balance), composition.inputs);
        const without = await trainedAlone(make([]), composition.inputs);
        assert(
          alone.loss !== without.loss,
          'the balance losses are 0 for this layer: nothing would be tested',
        );
        for (const train of [byFit, byLoop]) {
          const how = train === byFit ? 'fit' : 'a loop of its own';
          assertSame(await trained(composition, make(balance), train), alone, how, tolerance);
          assertSame(
            await trained(composition, make([]), train),
            without,
            `${how}, without losses`,
            tolerance,
          );
        }
      });

      test('leaves nothing in memory', async () => {
        const layer = make(balance);
        const model = composition.build(layer, FEATURES);
        const { xs, ys } = data(composition.inputs);
        const optimizer = tf.train.sgd(RATE);
        const step = async () => {
          await byFit(model, xs, ys, optimizer);
          await byLoop(model, xs, ys, optimizer);
          tf.dispose(model.predict(xs));
          tf.dispose(model.evaluate(xs, ys));
        };
        await step();
        await layer.routingSettled();
        const { numTensors } = tf.memory();
        await step();
        await layer.routingSettled();
        assert(
          tf.memory().numTensors === numTensors,
          `${tf.memory().numTensors - numTensors} tensors stayed`,
        );
        tf.dispose([xs, ys]);
      });

      test('is saved, and trains on as it would have', async () => {
        const model = composition.build(make(balance), FEATURES);
        const { xs, ys } = data(composition.inputs);
        const loaded = await loadLayersModel(await keptModel(model));
        const outputs = [model, loaded].map((each) => (each.predict(xs) as tf.Tensor).data());
        const [expected, actual] = (await Promise.all(outputs)) as [Float32Array, Float32Array];
        assertNear(actual, expected, 'prediction of the loaded model', 0);
        const loss = await byFit(model, xs, ys);
        assertNear([await byFit(loaded, xs, ys)], [loss], 'training loss of the loaded model', tolerance);
      });
    });
  }
}

type Train = (
  model: LayersModel,
  xs: tf.Tensor2D[],
  ys: tf.Tensor2D,
  optimizer?: tf.SGDOptimizer,
) => Promise<number>;

const byFit: Train = async (model, xs, ys, optimizer = tf.train.sgd(RATE)) => {
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return (await model.trainOnBatch(xs, ys)) as number;
};

const byLoop: Train = (model, xs, ys, optimizer = tf.train.sgd(RATE)) =>
  minimized(optimizer, () => {
    const error = tf.losses.meanSquaredError(ys, model.apply(xs, { training: true }) as tf.Tensor2D);
    return tf.addN([error as tf.Scalar, ...model.calculateLosses()]) as tf.Scalar;
  });

async function minimized(optimizer: tf.Optimizer, loss: () => tf.Scalar): Promise<number> {
  const value = optimizer.minimize(loss, true)!;
  const [number] = await value.data();
  value.dispose();
  return number!;
}

async function trained(composition: Composition, layer: MixtureOfExperts, train: Train): Promise<Trained> {
  const { xs, ys } = data(composition.inputs);
  const loss = await train(composition.build(layer, FEATURES), xs, ys);
  return { loss, weights: await numbersOf(layer) };
}

/** The layer called by hand on every input, with no model around it. */
async function trainedAlone(layer: MixtureOfExperts, inputs: number): Promise<Trained> {
  const { xs, ys } = data(inputs);
  layer.build([null, FEATURES]);
  layer.built = true;
  const loss = await minimized(tf.train.sgd(RATE), () => {
    const outputs = xs.map((x) => layer.apply(x, { training: true }) as tf.Tensor2D);
    const mean = tf.div(tf.addN(outputs), inputs) as tf.Tensor2D;
    const error = tf.losses.meanSquaredError(ys, mean) as tf.Scalar;
    return tf.addN([error, ...layer.calculateLosses()]) as tf.Scalar;
  });
  return { loss, weights: await numbersOf(layer) };
}

function numbersOf(layer: MixtureOfExperts): Promise<ArrayLike<number>[]> {
  return Promise.all(layer.weights.map((weight) => weight.read().data() as Promise<Float32Array>));
}

function assertSame(actual: Trained, expected: Trained, how: string, tolerance: number): void {
  assertNear([actual.loss], [expected.loss], `training loss by ${how}`, tolerance);
  expected.weights.forEach((weights, i) => {
    assertNear(actual.weights[i] ?? [], weights, `weight ${i} after a step by ${how}`, tolerance);
  });
}

function data(inputs: number): { readonly xs: tf.Tensor2D[]; readonly ys: tf.Tensor2D } {
  const xs = Array.from({ length: inputs }, (_, i) => tf.tensor2d(drawnRows(TOKENS, FEATURES, 40 + i)));
  return { xs, ys: tf.tensor2d(drawnRows(TOKENS, UNITS, 50)) };
}
