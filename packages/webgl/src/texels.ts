import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGl } from './backend.ts';

/**
 * Programs of texels: they go from texel to texel of textures that lie alike, and no shape stands in their text, so that one
 * program serves all.
 */
export interface TexelProgram {
  /** Of one shape, but for scalars. */
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** Types of uniforms and their numbers. */
  readonly uniforms: Readonly<Record<string, readonly [type: string, numbers: readonly number[]]>>;
  /** The tensor whose shape and texture the result has. */
  readonly like: TensorInfo;
  /**
   * Has `void main()`, `int texelAt()`, the place of its texel, and `vec4 read(name, texel)`. What lies beyond the edge of
   * the result has to be 0.
   */
  readonly text: string;
}

/** Runs a program on inputs that are `onDevice`; the result is the caller's. */
export function runTexels(backend: WebGl, { inputs, uniforms, like, text }: TexelProgram): TensorInfo {
  const { texShape } = backend.texData.get(like.dataId);
  const even = (size: number) => size + (size & 1);
  const y = backend.runWebGLProgram(
    {
      outputShape: texShape!.map(even),
      variableNames: Object.keys(inputs),
      packedInputs: true,
      packedOutput: true,
      enableShapeUniforms: true,
      customUniforms: Object.entries(uniforms).map(([name, [type]]) => ({ name, type })),
      userCode: `
        vec4 read(sampler2D own, int texel) {
          int width = textureSize(own, 0).x;
          return texelFetch(own, ivec2(texel % width, texel / width), 0);
        }
        int texelAt() {
          ivec2 place = getOutputCoords() / 2;
          return place.x * (outTexShape.y / 2) + place.y;
        }
        ${text}`,
    },
    // Scalars all, whose textures nothing is converted for.
    Object.values(inputs).map((info) => ({ ...info, shape: [] })),
    'float32',
    Object.values(uniforms).map(([, numbers]) => numbers),
  );
  const shape = [...like.shape];
  backend.texData.get(y.dataId).shape = shape;
  return { ...y, shape };
}

/** Rows and columns of the matrices that a shape is made of. */
export const matrixOf = (shape: readonly number[]): [number, number] => [
  shape.at(-2) ?? 1,
  shape.at(-1) ?? 1,
];

/** A tensor whose numbers are in a texture, two by two to a texel. */
export interface OnDevice {
  readonly info: TensorInfo;
  /** Rows and columns by which they lie there. */
  readonly matrix: readonly [number, number];
  /** Frees what was made on the way. */
  done(): void;
}

/** Brings a tensor into a texture, two by two to a texel, `as` its own shape or by whichever it lies in one. */
export function onDevice(backend: WebGl, info: TensorInfo, as: 'itself' | 'anything'): OnDevice {
  const data = backend.texData.get(info.dataId);
  if (data.texture == null && data.slice == null) {
    data.isPacked = true;
    data.shape = [...info.shape];
    backend.uploadToGPU(info.dataId);
  }
  const own = backend.texData.get(info.dataId);
  if (!own.isPacked) return made(backend, backend.packTensor(info));
  const [matrix, wanted] = [matrixOf(own.shape), matrixOf(info.shape)];
  if (as === 'anything' || liesAlike(matrix, wanted)) return { info, matrix, done() {} };
  return made(backend, backend.packedReshape({ ...info, shape: own.shape }, info.shape));
}

type Matrix = readonly [rows: number, columns: number];

/** Whether matrices below each other lie as others do that have as many numbers together. */
const liesAlike = ([rows, columns]: Matrix, [wantedRows, wantedColumns]: Matrix): boolean =>
  columns === wantedColumns && (rows === wantedRows || (rows % 2 === 0 && wantedRows % 2 === 0));

const made = (backend: WebGl, info: TensorInfo): OnDevice => ({
  info,
  matrix: matrixOf(info.shape),
  done() {
    backend.disposeData(info.dataId);
  },
});
