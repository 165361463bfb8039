import * as tf from '@tensorflow/tfjs-core';
import { GROUPED_MAT_MUL } from '@tfjs-moe/core/kernels';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { register, unregister } from '../src/index.ts';
import { moeKernels } from '../src/kernels/index.ts';
import { stockKernels } from '../src/stock/index.ts';
import { run } from './backend.ts';
import { examples, missing, type NumberType, operands, replaced, results, types } from './examples.ts';
import { useKernels } from './kernels.ts';

const cases = (kernels: readonly { name: string; operands: object }[]) =>
  kernels.flatMap(({ name, operands: read }) =>
    Object.keys(read).flatMap((each) => types.map((dtype) => [name, each, dtype] as const)),
  );

beforeEach(useKernels);

afterEach(() => {
  register();
});

test('every kernel has an example, with all of its operands', () => {
  for (const { name, operands: read } of [...moeKernels, ...stockKernels])
    expect(Object.keys(examples[name]?.shapes ?? {}), name).toEqual(
      expect.arrayContaining(Object.keys(read)),
    );
});

describe('kernels that tfjs does not have convert numbers of another type', () => {
  test.each(cases(moeKernels))('%s: %s of type %s', (name, each, dtype) => {
    const { numTensors, numDataBuffers } = tf.memory();
    const inputs = operands(name, each, dtype);
    const needed = operands(name)[each]?.dtype as NumberType;
    const converted = { ...inputs, [each]: tf.cast(inputs[each]!, needed) };
    expect(results(name, inputs)).toEqual(results(name, converted));
    tf.dispose([...Object.values(inputs), converted[each]!]);
    expect(tf.memory().numTensors - numTensors).toBe(Object.keys(inputs).length);
    expect(tf.memory().numDataBuffers - numDataBuffers).toBe(Object.keys(inputs).length);
  });

  test('and refuse what holds no numbers', () => {
    const { x, ...rest } = operands(GROUPED_MAT_MUL);
    const words = tf.tensor2d(new Array(x?.size).fill('a'), x?.shape as [number, number], 'string');
    expect(() => results(GROUPED_MAT_MUL, { ...rest, x: words })).toThrow(
      '[tfjs-moe] MoeGroupedMatMul: the input x must hold numbers, float32 at best. Received: "string".',
    );
  });
});

test('tfjs lacks four of the kernels', () => {
  expect(missing.map(({ name }) => name)).toEqual([
    'UnsortedSegmentSum',
    'Conv2DBackpropFilter',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
  ]);
});

describe('kernels that the wasm backend lacks compute what the cpu backend does', () => {
  test.each(cases(missing))('%s: %s of type %s', async (name, each, dtype) => {
    const here = results(name, operands(name, each, dtype));
    await tf.setBackend('cpu');
    const there = results(name, operands(name, each, dtype));
    // There, sums of integers are called float32.
    const sumsOfIntegers = name === 'UnsortedSegmentSum' && each === 'x' && dtype === 'int32';
    expect(here).toEqual(there.map((y) => (sumsOfIntegers ? { ...y, dtype } : y)));
  });
});

describe('kernels that are replaced leave other types to tfjs, and give its results for theirs', () => {
  test.each(cases(replaced))('%s: %s of type %s', (name, each, dtype) => {
    const inputs = operands(name, each, dtype);
    const reads = replaced.find((kernel) => kernel.name === name)?.operands as Record<string, string[]>;
    const own = reads[each]?.includes(dtype);
    unregister();
    const stock = tf.getKernel(name, 'wasm');
    if (own) {
      const expected = results(name, inputs);
      register();
      results(name, inputs).forEach(({ numbers, ...y }, i) => {
        expect({ ...y, numbers: numbers.map(rounded) }).toEqual({
          ...expected[i],
          numbers: expected[i]?.numbers.map(rounded),
        });
      });
      return;
    }
    // What tfjs makes of such a call may be anything: all that matters is that it is asked.
    let asked = 0;
    const kernelFunc: tf.KernelFunc = () => {
      asked++;
      return tf.tensor1d([1]);
    };
    tf.unregisterKernel(name, 'wasm');
    tf.registerKernel({ ...stock, kernelFunc });
    try {
      register();
      run(name, inputs, examples[name]?.attrs);
      expect(asked).toBe(1);
    } finally {
      unregister();
      tf.unregisterKernel(name, 'wasm');
      tf.registerKernel(stock);
    }
  });
});

/** What tanh and erf, which are not computed as in tfjs, have in common with it. */
const rounded = (value: number) => Math.round(value * 1e5);
