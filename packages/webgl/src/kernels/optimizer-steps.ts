import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ADAM, MOMENTUM, RMS_PROP, SGD } from '@tfjs-moe/core/kernels';
import { matrixOf, type OnDevice, onDevice, runTexels } from '../texels.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** Names of what is kept beside a variable. */
export const KEPT = ['kept1', 'kept2', 'kept3'] as const;

type Inputs = Readonly<Record<'value' | 'gradient', TensorInfo>> & Readonly<Record<string, TensorInfo>>;

interface Attributes {
  readonly rates: Readonly<Record<string, number>>;
  /** How much is kept. */
  readonly kept: number;
}

/**
 * A step of an optimiser on one variable, in the arithmetic of what tfjs composes; one program for all variables of all
 * models. A draw has one result, so there is one for the value and for each that is kept.
 * @param numbers names of inputs of one number; in the text they are floats, as the rates are
 * @param text has `vec4 resultOf(int part, vec4 slope, int texel)`, part 0 being the value; `vec4 keptN(texel)` is what is kept
 */
function step(name: string, numbers: readonly string[], text: string): Kernel {
  return defineKernel<Inputs, Attributes>(name, ({ inputs, attrs: { rates, kept }, backend }) => {
    const { value, gradient } = inputs;
    const { shape } = value;
    const parts = Array.from({ length: kept + 1 }, (_, part) => part);
    if (shape.includes(0))
      return parts.map(() => backend.makeTensorInfo(shape, 'float32', new Float32Array(0)));
    const slope = onDevice(backend, gradient, 'anything');
    const used: Record<string, OnDevice> = {
      value: onDevice(backend, value, 'itself'),
      gradient: slope,
    };
    for (const name of KEPT)
      used[`${name}Of`] = inputs[name] ? onDevice(backend, inputs[name], 'itself') : slope;
    // What the processor knows goes along as a number.
    const known = numbers.map((name) => backend.texData.get(inputs[name]!.dataId).values?.[0]);
    numbers.forEach((name, i) => {
      used[`${name}Of`] = known[i] === undefined ? onDevice(backend, inputs[name]!, 'itself') : slope;
    });
    const results = parts.map((part) =>
      runTexels(backend, {
        inputs: Object.fromEntries(Object.entries(used).map(([name, { info }]) => [name, info])),
        like: used.value!.info,
        uniforms: {
          ...Object.fromEntries(
            Object.entries(rates).map(([name, rate]) => [name, ['float', [rate]] as const]),
          ),
          ...Object.fromEntries(
            numbers.map((name, i) => [
              `${name}Known`,
              ['vec2', [known[i] ?? 0, known[i] === undefined ? 0 : 1]] as const,
            ]),
          ),
          sizes: ['ivec4', [...matrixOf(shape), ...slope.matrix]],
          given: ['ivec2', [part, inputs[KEPT[0]] ? 1 : 0]],
        },
        text: [
          ...KEPT.map(
            (name) => `vec4 ${name}(int texel) { return given.y != 0 ? read(${name}Of, texel) : vec4(0.0); }`,
          ),
          ...numbers.map((name) => `float ${name};`),
          text,
          gradientAt,
          main(numbers),
        ].join('\n'),
      }),
    );
    for (const { done } of new Set(Object.values(used))) done();
    return results;
  });
}

/** A number of a gradient that lies in its texture under another shape, as those of a bias do that has rows of one number. */
const gradientAt = `
  float gradientAt(int number) {
    int matrix = number / (sizes.z * sizes.w);
    int rest = number - matrix * sizes.z * sizes.w;
    int row = rest / sizes.w;
    int column = rest - row * sizes.w;
    vec4 four = read(gradient, (matrix * ((sizes.z + 1) / 2) + row / 2) * ((sizes.w + 1) / 2) + column / 2);
    vec2 two = (row & 1) == 0 ? four.xy : four.zw;
    return (column & 1) == 0 ? two.x : two.y;
  }`;

const main = (numbers: readonly string[]): string => `
  void main() {
    int texel = texelAt();
    int down = (sizes.x + 1) / 2;
    int across = (sizes.y + 1) / 2;
    int matrix = texel / (down * across);
    int rest = texel - matrix * down * across;
    int row = 2 * (rest / across);
    int column = 2 * (rest - (row / 2) * across);
    bvec4 inside = bvec4(true, column + 1 < sizes.y, row + 1 < sizes.x, row + 1 < sizes.x && column + 1 < sizes.y);
    vec4 slope;
    if (sizes.xy == sizes.zw) {
      slope = read(gradient, texel);
    } else {
      int number = (matrix * sizes.x + row) * sizes.y + column;
      slope = vec4(gradientAt(number), 0.0, 0.0, 0.0);
      if (inside.y) slope.y = gradientAt(number + 1);
      if (inside.z) slope.z = gradientAt(number + sizes.y);
      if (inside.w) slope.w = gradientAt(number + sizes.y + 1);
    }
    ${numbers.map((name) => `${name} = ${name}Known.y != 0.0 ? ${name}Known.x : read(${name}Of, 0).x;`).join('\n')}
    // Not a product: what lies beyond the edge may be no number.
    setOutput(mix(vec4(0.0), resultOf(given.x, slope, texel), inside));
  }`;

/** The steps of tfjs's optimisers. */
export const optimizerKernels: readonly Kernel[] = [
  step(
    ADAM,
    ['power1', 'power2'],
    `
    vec4 resultOf(int part, vec4 slope, int texel) {
      vec4 mean = part == 2 ? vec4(0.0) : kept1(texel) * beta1 + slope * left1;
      if (part == 1) return mean;
      vec4 square = kept2(texel) * beta2 + slope * slope * left2;
      if (part == 2) return square;
      return mean / (1.0 - power1) / (sqrt(square / (1.0 - power2)) + epsilon) * change + read(value, texel);
    }`,
  ),
  step(
    SGD,
    ['change'],
    'vec4 resultOf(int part, vec4 slope, int texel) { return change * slope + read(value, texel); }',
  ),
  step(
    MOMENTUM,
    ['change', 'momentum'],
    `
    vec4 resultOf(int part, vec4 slope, int texel) {
      vec4 sum = momentum * kept1(texel) + slope;
      if (part == 1) return sum;
      return change * (nesterov != 0.0 ? slope + sum * momentum : sum) + read(value, texel);
    }`,
  ),
  step(
    RMS_PROP,
    [],
    `
    vec4 resultOf(int part, vec4 slope, int texel) {
      vec4 square = part == 3 ? vec4(0.0) : kept1(texel) * decay + slope * slope * left;
      if (part == 1) return square;
      vec4 mean = centered != 0.0 ? kept3(texel) * decay + slope * left : vec4(0.0);
      if (part == 3) return mean;
      vec4 under = centered != 0.0 ? square - (mean * mean + epsilon) : square + epsilon;
      vec4 moment = kept2(texel) * momentum + slope * learningRate / sqrt(under);
      return part == 2 ? moment : read(value, texel) - moment;
    }`,
  ),
];
