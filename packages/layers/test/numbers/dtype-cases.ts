/** What integers and booleans give is what their floats give, on whatever backend is current. */
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { type MixtureOfExperts, mixtureOfExperts } from '@tfjs-moe/layers';
import { expect, test } from 'vitest';

type Dispatch = 'auto' | 'dense' | 'grouped' | 'capacity';

const layer = (dispatch: Dispatch): MixtureOfExperts =>
  mixtureOfExperts({
    experts: 4,
    gate: topK({ k: 2 }),
    expert: ffn({ hiddenUnits: 5 }),
    units: 2,
    seed: 3,
    dispatch,
    ...(dispatch === 'capacity' && { capacity: 2 }),
  });

const inputs = {
  int32: () => tf.tensor2d([1, -2, 3, 4, 0, -6, 7, 1, 2], [3, 3], 'int32'),
  bool: () => tf.tensor2d([1, 0, 1, 0, 0, 1, 1, 1, 0], [3, 3], 'bool'),
};

/** The numbers of some tensors, read as every backend can, and the tensors gone. */
async function numbersOf(compute: () => tf.Tensor[]): Promise<number[][]> {
  const tensors = tf.tidy(compute);
  const numbers = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose(tensors);
  return numbers.map((each) => Array.from(each));
}

/** @param dispatchers those that the backend has */
export function integersAreTheirFloats(dispatchers: readonly Dispatch[]): void {
  for (const [dtype, make] of Object.entries(inputs)) {
    test.each(dispatchers)(`${dtype}, dispatch %s: outputs and routing`, async (dispatch) => {
      const moe = layer(dispatch);
      const of = (x: tf.Tensor) => [moe.apply(x) as tf.Tensor, moe.route(x).weights_TE];
      const given = await numbersOf(() => of(make()));
      expect(given).toEqual(await numbersOf(() => of(tf.cast(make(), 'float32'))));
      expect(given[0]!.some((value) => Math.abs(value) > 1e-3)).toBe(true);
    });

    test.each(dispatchers.filter((name) => name !== 'capacity'))(
      `${dtype}, dispatch %s: gradients to the weights`,
      async (dispatch) => {
        const moe = layer(dispatch);
        moe.build([null, 3]);
        const variables = moe.trainableWeights.map((weight) => weight.read() as tf.Variable);
        const gradients = (x: tf.Tensor) => {
          const loss = () => tf.sum(tf.square(moe.apply(x) as tf.Tensor)) as tf.Scalar;
          return Object.values(tf.variableGrads(loss, variables).grads);
        };
        const given = await numbersOf(() => gradients(make()));
        expect(given).toEqual(await numbersOf(() => gradients(tf.cast(make(), 'float32'))));
      },
    );
  }

  test('a mask of any type is the same mask', async () => {
    const moe = layer('dense');
    const [asFloat, asInteger, asBoolean, none] = await numbersOf(() => {
      const x = tf.cast(inputs.int32(), 'float32');
      const masks = (['float32', 'int32', 'bool'] as const).map((dtype) => tf.tensor1d([1, 0, 1], dtype));
      return [...masks, undefined].map((mask) => moe.route(x, mask).weights_TE);
    });
    expect([asInteger, asBoolean]).toEqual([asFloat, asFloat]);
    expect(asFloat).not.toEqual(none);
  });

  test('a model with an int32 input predicts and trains as with floats', async () => {
    const losses: number[] = [];
    const outputs: number[][] = [];
    for (const dtype of ['int32', 'float32'] as const) {
      const x = input({ shape: [3], dtype });
      const moe = layer('auto');
      const whole: LayersModel = functional({ inputs: x, outputs: moe.apply(x) as never });
      whole.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
      const batch = tf.cast(inputs.int32(), dtype);
      outputs.push(...(await numbersOf(() => [whole.predict(batch) as tf.Tensor])));
      losses.push((await whole.trainOnBatch(batch, tf.ones([3, 2]))) as number);
      outputs.push(...(await numbersOf(() => [whole.predict(batch) as tf.Tensor])));
      whole.dispose();
    }
    expect(losses[0]).toBe(losses[1]);
    expect(outputs.slice(0, 2)).toEqual(outputs.slice(2));
    expect(outputs[0]).not.toEqual(outputs[1]);
  });
}

/** Numbers from -1/2 to 31/64, which each of the types below holds exactly. */
const code = (weight: number, i: number) => (37 * weight + 11 * i) % 64;
const numberOf = (code: number) => (code - 32) / 64;

function halfOf(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.abs(value) / 2 ** exponent - 1;
  return (value < 0 ? 0x8000 : 0) + (exponent + 15) * 1024 + fraction * 1024;
}

const quantized = {
  uint8: (codes: number[]) => Uint8Array.from(codes),
  uint16: (codes: number[]) => Uint16Array.from(codes),
  float16: (codes: number[]) => Uint16Array.from(codes, (each) => halfOf(numberOf(each))),
};

/** Weights that are kept in fewer bytes give what their numbers give in float32, to integers too. */
export function quantizedWeightsAreTheirFloats(dispatchers: readonly Dispatch[]): void {
  const table = Object.keys(quantized).flatMap((dtype) =>
    dispatchers.map((dispatch) => [dtype as keyof typeof quantized, dispatch] as const),
  );
  test.each(table)('weights kept in %s, dispatch %s', async (dtype, dispatch) => {
    const moe = layer(dispatch);
    const x = input({ shape: [3], dtype: 'int32' });
    const whole: LayersModel = functional({ inputs: x, outputs: moe.apply(x) as never });
    const codes = whole.weights.map(({ shape }, weight) =>
      Array.from({ length: tf.util.sizeFromShape(shape as number[]) }, (_, i) => code(weight, i)),
    );
    const weightSpecs = whole.weights.map(({ originalName: name, shape }) => ({
      name,
      shape: shape as number[],
      dtype: 'float32' as const,
      quantization: { dtype, ...(dtype !== 'float16' && { min: numberOf(0), scale: 1 / 64 }) },
    }));
    const bytes = codes.flatMap((each) => Array.from(new Uint8Array(quantized[dtype](each).buffer)));
    const modelTopology = JSON.parse(whole.toJSON() as string);
    const loaded = await loadLayersModel(
      tf.io.fromMemory({ modelTopology, weightSpecs, weightData: Uint8Array.from(bytes).buffer } as never),
    );
    whole.setWeights(
      codes.map((each, weight) => tf.tensor(each.map(numberOf), whole.weights[weight]!.shape as number[])),
    );
    const [given, expected] = await numbersOf(() => {
      const batch = inputs.int32();
      return [loaded, whole].map((model) => model.predict(batch) as tf.Tensor);
    });
    expect(given).toEqual(expected);
    expect(given!.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
}
