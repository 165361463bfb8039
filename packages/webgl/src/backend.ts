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
  readonly texData: { get(dataId: object): TextureData; has(dataId: object): boolean };
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
    preventEagerUnpackingOfOutput?: boolean,
    texels?: readonly [number, number],
  ): TensorInfo;
}
