import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { beforeEach, test } from 'vitest';
import { run } from '../backend.ts';
import { expectNear, numbers } from '../groups.ts';
import { useKernels } from '../kernels.ts';
import { expectTrainsLikeCpu } from './like-cpu.ts';

beforeEach(useKernels);

type Pair = readonly [number, number];
type Pad = 'same' | 'valid' | number;

const pair = (max: number) => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));

const anyConvolution = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 5, max: 9 }),
  width: fc.integer({ min: 5, max: 13 }),
  channels: fc.integer({ min: 1, max: 9 }),
  multiplier: fc.integer({ min: 1, max: 3 }),
  filter: pair(3),
  strides: pair(3),
  dilations: pair(2),
  pad: fc.constantFrom<Pad>('same', 'valid', 1),
  seed: fc.nat(),
});

/** Both gradients as sums over the definition, in float64. */
function naive(
  [x, filter, dy]: readonly [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D],
  [strideHeight, strideWidth]: Pair,
  [dilationHeight, dilationWidth]: Pair,
  { top, left }: { readonly top: number; readonly left: number },
) {
  const [xs, ws, dys] = [x, filter, dy].map((tensor) => Float64Array.from(tensor.dataSync())) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [toX, toFilter] = [new Float64Array(xs.length), new Float64Array(ws.length)];
  const [, height, width, channels] = x.shape;
  const [, filterWidth, , multiplier] = filter.shape;
  const [, outHeight, outWidth, units] = dy.shape;
  dys.forEach((slope, index) => {
    const unit = index % units;
    const place = Math.floor(index / units);
    const [n, r, c] = [
      Math.floor(place / (outHeight * outWidth)),
      Math.floor(place / outWidth) % outHeight,
      place % outWidth,
    ];
    for (let i = 0; i < filter.shape[0]; i++)
      for (let j = 0; j < filterWidth; j++) {
        const row = r * strideHeight + i * dilationHeight - top;
        const column = c * strideWidth + j * dilationWidth - left;
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const at = ((n * height + row) * width + column) * channels + Math.floor(unit / multiplier);
        const weight = (i * filterWidth + j) * units + unit;
        toX[at] = toX[at]! + slope * ws[weight]!;
        toFilter[weight] = toFilter[weight]! + slope * xs[at]!;
      }
  });
  return [toX, toFilter] as const;
}

test('both gradients equal the definition for any sizes, strides, dilations and padding', () => {
  fc.assert(
    fc.property(
      anyConvolution,
      ({ batch, height, width, channels, multiplier, filter, strides, dilations, pad, seed }) => {
        tf.tidy(() => {
          const tensor = (shape: [number, number, number, number], name: string) =>
            tf.tensor4d(numbers(tf.util.sizeFromShape(shape), seed, name), shape);
          const x = tensor([batch, height, width, channels], 'x');
          const w = tensor([...filter, channels, multiplier], 'w');
          const { outShape, padInfo } = tf.backend_util.computeConv2DInfo(
            x.shape,
            w.shape,
            strides,
            dilations,
            pad,
            'floor',
            true,
          );
          const dy = tensor(outShape as [number, number, number, number], 'dy');
          const attrs = { strides, dilations, pad, dimRoundingMode: 'floor' };
          const actual = [
            run<tf.Tensor>(
              'DepthwiseConv2dNativeBackpropInput',
              { dy, filter: w },
              { ...attrs, inputShape: x.shape },
            ),
            run<tf.Tensor>(
              'DepthwiseConv2dNativeBackpropFilter',
              { x, dy },
              { ...attrs, filterShape: w.shape },
            ),
          ].map((gradient) => gradient.dataSync());
          naive([x, w, dy], strides, dilations, padInfo).forEach((expected, which) => {
            expectNear(actual[which] as Float32Array, expected);
          });
        });
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

test('depthwise and separable convolutions train, as on the cpu backend', async () => {
  const seeded = (seed: number) => initializers.glorotUniform({ seed });
  const train = async () => {
    const model = sequential({
      layers: [
        layers.depthwiseConv2d({
          kernelSize: 3,
          depthMultiplier: 2,
          activation: 'relu',
          inputShape: [8, 8, 3],
          depthwiseInitializer: seeded(1),
        }),
        layers.separableConv2d({
          filters: 5,
          kernelSize: 2,
          strides: 2,
          depthwiseInitializer: seeded(2),
          pointwiseInitializer: seeded(3),
        }),
        layers.flatten(),
        layers.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(4) }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' });
    const x = tf.tensor4d(numbers(12 * 8 * 8 * 3, 4, 'x'), [12, 8, 8, 3]);
    const label = tf.tensor1d(
      Array.from({ length: 12 }, (_, i) => i % 3),
      'int32',
    );
    const { history } = await model.fit(x, tf.oneHot(label, 3), {
      epochs: 5,
      batchSize: 6,
      shuffle: false,
      verbose: 0,
    });
    return history.loss as number[];
  };
  await expectTrainsLikeCpu(train);
});
