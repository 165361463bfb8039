import type { TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { WebGl } from './backend.ts';
import { matrixOf, onDevice } from './texels.ts';

/**
 * One draw with one result. Inputs and result hold 2 x 2 numbers to a texel, as tfjs's own products and sums do, so that
 * nothing is converted on the way between them; sizes stand in the text, as in tfjs's own shaders.
 *
 * Of an input `name` the text has `float nameAt(...)`, a number by its place; `vec2 namePair(row, column)`, that of an even
 * column and its neighbour; and `vec4 nameTexel(row, column)`, the texel by its own place, matrices below each other. Where
 * a texture is as wide as its matrix nothing is computed to find it. What lies beyond the edge of an input may be anything;
 * what lies beyond that of the result has to be 0.
 */
export interface Program {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32';
  /**
   * What the text has: `'numbers'`, `float value(...)` of a place; `'pairs'`, `vec2 pair(row, column)`; `'texels'`,
   * `void main()`. Default `'numbers'`.
   */
  readonly of?: 'numbers' | 'pairs' | 'texels';
  readonly text: string;
  /** How many rows of texels the texture of the result, a matrix, has beside each other. Default 1. */
  readonly beside?: number;
}

/** Runs a program; the result is the caller's. */
export function runProgram(
  backend: WebGl,
  { inputs, shape, dtype = 'float32', of = 'numbers', text, beside = 1 }: Program,
): TensorInfo {
  // A texture may not be empty, though nothing of it is read.
  const empty = Object.values(inputs).some(isEmpty)
    ? backend.makeTensorInfo([1], 'float32', new Float32Array(1))
    : undefined;
  const given = Object.entries(inputs).map(([name, info]) => {
    const own = isEmpty(info) ? { ...empty!, shape: info.shape.map(() => 1) } : info;
    return { name, ...onDevice(backend, own, 'itself') };
  });
  const accessors = given.flatMap(({ name, info }) => [
    texelOf(backend, name, info),
    accessorsOf(name, info, text),
  ]);
  const across = Math.ceil(matrixOf(shape)[1] / 2);
  const most = Math.floor(tf.env().getNumber('WEBGL_MAX_TEXTURE_SIZE') / across);
  const rowsBeside = Math.min(beside, most);
  const texels =
    rowsBeside > 1
      ? ([Math.ceil(matrixOf(shape)[0] / 2 / rowsBeside), across * rowsBeside] as const)
      : undefined;
  const main = of === 'texels' ? '' : of === 'pairs' ? pairs(shape) : numbers(shape);
  const y = backend.runWebGLProgram(
    {
      outputShape: [...shape],
      variableNames: Object.keys(inputs),
      packedInputs: true,
      packedOutput: true,
      // By which tfjs takes the size of the texture as it is given.
      ...(texels && { outPackingScheme: 0 }),
      userCode: [...accessors, text, main].join('\n'),
    },
    given.map(({ info }) => info),
    dtype,
    undefined,
    false,
    texels,
  );
  for (const { done } of given) done();
  if (empty !== undefined) backend.disposeData(empty.dataId);
  return y;
}

const isEmpty = ({ shape }: { readonly shape: readonly number[] }): boolean => shape.includes(0);

/** Text of the function that reads a texel by its place. */
function texelOf(backend: WebGl, name: string, { dataId, shape }: TensorInfo): string {
  const across = Math.ceil(matrixOf(shape)[1] / 2);
  const [height, width] = backend.texData.get(dataId).texShape!.map((size) => Math.ceil(size / 2)) as [
    number,
    number,
  ];
  const beside = width / across;
  const inMatrix =
    beside === 1 ? 'vec2(column, row)' : `vec2(row % ${beside} * ${across} + column, row / ${beside})`;
  const inAll = `vec2((row * ${across} + column) % ${width}, (row * ${across} + column) / ${width})`;
  const place = Number.isInteger(beside) ? inMatrix : inAll;
  // Not texelFetch, nor a quotient, which are slower where software computes.
  const at = `(${place} + 0.5) * vec2(${1 / width}, ${1 / height})`;
  return `vec4 ${name}Texel(int row, int column) { return texture(${name}, ${at}); }`;
}

/** Text of the functions by which a text reads an input. */
function accessorsOf(name: string, { shape }: TensorInfo, text: string): string {
  const at =
    shape.length === 1
      ? `float ${name}At(int i) { vec4 four = ${name}Texel(0, i / 2); return (i & 1) == 0 ? four.x : four.y; }`
      : `float ${name}At(int row, int column) {
          vec4 four = ${name}Texel(row / 2, column / 2);
          vec2 two = (row & 1) == 0 ? four.xy : four.zw;
          return (column & 1) == 0 ? two.x : two.y;
        }`;
  const pair = `vec2 ${name}Pair(int row, int column) {
    vec4 four = ${name}Texel(row / 2, column / 2);
    return (row & 1) == 0 ? four.xy : four.zw;
  }`;
  return [
    ['At', at],
    ['Pair', pair],
  ]
    .map(([ending, code]) => (text.includes(`${name}${ending}(`) ? code : ''))
    .join('\n');
}

function numbers([rows, columns]: readonly number[]): string {
  if (columns === undefined)
    return `
      void main() {
        int i = getOutputCoords();
        setOutput(vec4(value(i), i + 1 < ${rows} ? value(i + 1) : 0.0, 0.0, 0.0));
      }`;
  // The function stands in one place, and is not compiled four times.
  return `
    void main() {
      ivec2 place = getOutputCoords();
      vec4 four = vec4(0.0);
      for (int i = 0; i < 4; i++) {
        int row = place.x + i / 2;
        int column = place.y + (i & 1);
        if (row >= ${rows} || column >= ${columns}) continue;
        float own = value(row, column);
        if (i == 0) four.x = own; else if (i == 1) four.y = own; else if (i == 2) four.z = own; else four.w = own;
      }
      setOutput(four);
    }`;
}

const pairs = ([rows, columns]: readonly number[]): string => `
  void main() {
    ivec2 place = getOutputCoords();
    vec4 four = vec4(pair(place.x, place.y), place.x + 1 < ${rows} ? pair(place.x + 1, place.y) : vec2(0.0));
    if (place.y + 1 >= ${columns}) four.yw = vec2(0.0);
    setOutput(four);
  }`;
