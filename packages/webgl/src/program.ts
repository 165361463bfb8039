import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** What the backend knows of a tensor. */
export interface TextureData {
  /** The shape by which numbers lie in the texture, where there is one. */
  shape: number[];
  isPacked?: boolean;
  readonly texShape?: readonly [number, number];
  readonly texture?: unknown;
  /** Numbers that were not sent to the device. */
  readonly values?: ArrayLike<number>;
  /** Of a part of another tensor's texture. */
  readonly slice?: unknown;
}

/** What is used of the backend of tfjs-backend-webgl. */
export interface WebGl {
  readonly texData: { get(dataId: object): TextureData };
  uploadToGPU(dataId: object): void;
  packTensor(info: TensorInfo): TensorInfo;
  packedReshape(info: TensorInfo, shape: readonly number[]): TensorInfo;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Int32Array | Float32Array): TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
  runWebGLProgram(
    program: object,
    inputs: readonly TensorInfo[],
    dtype: DataType,
    uniforms?: readonly (readonly number[])[],
  ): TensorInfo;
}

/**
 * One draw with one result. Inputs and result hold 2 x 2 numbers to a texel, as tfjs's own products and sums do, so that
 * nothing is converted on the way between them; sizes stand in the text, as in tfjs's own shaders.
 *
 * Of an input `name` the text has `float nameAt(...)`, a number by its place; `vec2 namePair(row, column)`, that of an even
 * column and its neighbour; and `vec4 getName(...)` of tfjs, the texel at an even place. What lies beyond the edge of an input
 * may be anything; what lies beyond that of the result has to be 0.
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
}

/** Runs a program; the result is the caller's. */
export function runProgram(
  backend: WebGl,
  { inputs, shape, dtype = 'float32', of = 'numbers', text }: Program,
): TensorInfo {
  // A texture may not be empty, though nothing of it is read.
  const empty = Object.values(inputs).some(isEmpty)
    ? backend.makeTensorInfo([1], 'float32', new Float32Array(1))
    : undefined;
  const accessors = Object.entries(inputs).map(([name, info]) => accessorsOf(name, info, text));
  const main = of === 'texels' ? '' : of === 'pairs' ? pairs(shape) : numbers(shape);
  const y = backend.runWebGLProgram(
    {
      outputShape: [...shape],
      variableNames: Object.keys(inputs),
      packedInputs: true,
      packedOutput: true,
      userCode: [...accessors, text, main].join('\n'),
    },
    Object.values(inputs).map((info) =>
      isEmpty(info) ? { ...empty!, shape: info.shape.map(() => 1) } : info,
    ),
    dtype,
  );
  if (empty !== undefined) backend.disposeData(empty.dataId);
  return y;
}

const isEmpty = ({ shape }: { readonly shape: readonly number[] }): boolean => shape.includes(0);

/** Text of the functions by which a text reads an input. The samplers of tfjs want even places. */
function accessorsOf(name: string, { shape }: TensorInfo, text: string): string {
  const get = `get${name[0]!.toUpperCase()}${name.slice(1)}`;
  const at =
    shape.length === 1
      ? `float ${name}At(int i) { vec4 four = ${get}(i - (i & 1)); return (i & 1) == 0 ? four.x : four.y; }`
      : `float ${name}At(int row, int column) {
          vec4 four = ${get}(row - (row & 1), column - (column & 1));
          vec2 two = (row & 1) == 0 ? four.xy : four.zw;
          return (column & 1) == 0 ? two.x : two.y;
        }`;
  const pair = `vec2 ${name}Pair(int row, int column) {
    vec4 four = ${get}(row - (row & 1), column);
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
