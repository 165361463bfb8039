import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** What is used of the backend of tfjs-backend-webgl. */
export interface WebGl {
  makeTensorInfo(shape: number[], dtype: DataType, values?: Int32Array | Float32Array): TensorInfo;
  disposeData(dataId: object): boolean;
  runWebGLProgram(program: object, inputs: readonly TensorInfo[], dtype: DataType): TensorInfo;
}

/**
 * One draw with one result: a function of GLSL for each of its numbers. `getName(...)` reads the input `name` at a place;
 * sizes stand in the text, as in tfjs's own shaders.
 */
export interface Program {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32';
  /**
   * `'numbers'`: inputs and result hold one number to a texel, and the text has `float value(...)` of the result's place.
   * `'result'`: the result holds 2 x 2, of that same function; `'inputs'`: they do. `'all'`: both do, and the text has
   * `void main()`. Default `'numbers'`.
   */
  readonly packed?: 'numbers' | 'result' | 'inputs' | 'all';
  readonly text: string;
}

/** Runs a program; the result is the caller's. */
export function runProgram(
  backend: WebGl,
  { inputs, shape, dtype = 'float32', packed = 'numbers', text }: Program,
): TensorInfo {
  // A texture may not be empty, though nothing of it is read.
  const empty = Object.values(inputs).some(isEmpty)
    ? backend.makeTensorInfo([1], 'float32', new Float32Array(1))
    : undefined;
  const y = backend.runWebGLProgram(
    {
      outputShape: [...shape],
      variableNames: Object.keys(inputs),
      packedInputs: packed === 'all' || packed === 'inputs',
      packedOutput: packed === 'all' || packed === 'result',
      userCode: packed === 'all' ? text : `${text}\n${packed === 'result' ? blocks(shape) : texels(shape)}`,
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

const texels = (shape: readonly number[]): string =>
  shape.length === 1
    ? 'void main() { setOutput(value(getOutputCoords())); }'
    : 'void main() { ivec2 place = getOutputCoords(); setOutput(value(place.x, place.y)); }';

/** Four numbers of a table [rows, columns], 0 beyond its edges. */
const blocks = ([rows, columns]: readonly number[]): string => `
  void main() {
    ivec2 place = getOutputCoords();
    bool below = place.x + 1 < ${rows};
    bool right = place.y + 1 < ${columns};
    setOutput(vec4(
      value(place.x, place.y),
      right ? value(place.x, place.y + 1) : 0.0,
      below ? value(place.x + 1, place.y) : 0.0,
      below && right ? value(place.x + 1, place.y + 1) : 0.0));
  }`;
