import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { expectDevice, type MayBeLost } from './lost-device.ts';

/** What is used of the backend of tfjs-backend-webgpu. */
export interface WebGpu {
  readonly device: MayBeLost & {
    readonly limits: {
      readonly maxStorageBufferBindingSize: number;
      readonly maxComputeWorkgroupsPerDimension: number;
      readonly minStorageBufferOffsetAlignment: number;
    };
  };
  /** What a program binds of a tensor. */
  tensorToBinding(tensor: TensorInfo): object;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Int32Array | Float32Array): TensorInfo;
  disposeData(dataId: object): boolean;
  runWebGPUProgram(
    program: object,
    inputs: readonly TensorInfo[],
    dtype: DataType,
    uniforms: readonly { readonly type: string; readonly data: number[] }[],
    output?: TensorInfo,
  ): TensorInfo;
}

/**
 * One dispatch with one result. The text may name its inputs as arrays, `result`, and its uniforms as `uniforms.name`;
 * numbers come in as they lie in memory, integers where a tensor was one: `f32(x[i])` reads both.
 */
export interface Program {
  /** Names the text: programs of one name have one text. Sizes are uniforms, and no part of it. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32';
  /** Integers. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** Threads of a workgroup; 64 in a row by default. */
  readonly workgroup?: readonly [number, number];
  /**
   * Workgroups in each direction, for a text that begins with `fn main()`. Without it there is one thread for every number
   * of the result, or as many as `threads` says, and the text begins with `fn main(index : i32)`.
   */
  readonly groups?: readonly [number, number, number];
  readonly threads?: number;
  /** Inputs that are read four numbers at a time; `result` too where it is named. */
  readonly wide?: readonly string[];
  readonly text: string;
  /** The tensor, an input or the result, of which the program has a part: so many bytes, from one of them on. */
  readonly part?: { readonly of: string; readonly from: number; readonly bytes: number } | undefined;
  /** A result of this shape that is there, into which the program writes. */
  readonly into?: TensorInfo | undefined;
}

const THREADS = 64;
const BYTES = 4;

/** Runs a program; the result is the caller's. */
export function runProgram(backend: WebGpu, program: Program): TensorInfo {
  const { name, inputs, shape, dtype = 'float32', uniforms, groups, wide = [], text, part, into } = program;
  expectDevice(backend.device);
  const { limits } = backend.device;
  for (const [input, info] of [...Object.entries(inputs), ['result', { shape }] as const]) {
    const bytes = part?.of === input ? part.bytes : BYTES * sizeOf(info.shape);
    if (bytes <= limits.maxStorageBufferBindingSize) continue;
    const rule = `${input} must have at most ${limits.maxStorageBufferBindingSize} bytes, all that a program of this adapter may read at once`;
    throw new MoeError(name, rule, bytes);
  }
  const [columns, rows] = program.workgroup ?? [THREADS, 1];
  const threads = program.threads ?? sizeOf(shape) / (wide.includes('result') ? 4 : 1);
  // A buffer may not be empty where a program reads it, though it reads nothing of it.
  const empty = Object.values(inputs).some((info) => sizeOf(info.shape) === 0)
    ? backend.makeTensorInfo([1], 'float32', new Float32Array(1))
    : undefined;
  // Of one shape for tfjs, which compiles again where one is that of the result or has a 1; no text reads it.
  const bound = Object.values(inputs).map((info) => ({
    ...info,
    ...(sizeOf(info.shape) === 0 && { dataId: empty!.dataId }),
    shape: [2, 2],
  }));
  const run = () =>
    backend.runWebGPUProgram(
      {
        outputShape: [...shape],
        variableNames: Object.keys(inputs),
        variableComponents: Object.keys(inputs).map((input) => (wide.includes(input) ? 4 : 1)),
        outputComponent: wide.includes('result') ? 4 : 1,
        uniforms: Object.keys(uniforms)
          .map((uniform) => `${uniform} : i32,`)
          .join(' '),
        workgroupSize: [columns, rows, 1],
        dispatchLayout: groups === undefined ? { x: shape.map((_, i) => i) } : { x: [1], y: [0] },
        dispatch: groups === undefined ? [Math.ceil(threads / (columns * rows)), 1, 1] : [...groups],
        shaderKey: `tfjsMoe_${name}_${wide.join('_')}`,
        getUserCode: () => text,
      },
      bound,
      dtype,
      Object.values(uniforms).map((value) => ({ type: 'int32', data: [value] })),
      into,
    );
  const whole = part && (part.of === 'result' ? into : inputs[part.of]);
  const y = part && whole ? bindingPart(backend, whole, part, run) : run();
  if (empty !== undefined) backend.disposeData(empty.dataId);
  return y;
}

/** Runs something in which a tensor is bound in part. tfjs binds whole tensors, and has no other way to say so. */
function bindingPart<T>(
  backend: WebGpu,
  { dataId }: TensorInfo,
  { from: offset, bytes: size }: NonNullable<Program['part']>,
  run: () => T,
): T {
  const { tensorToBinding: bind } = backend;
  backend.tensorToBinding = (tensor) => {
    const binding = bind.call(backend, tensor);
    return tensor.dataId === dataId ? { ...binding, offset, size } : binding;
  };
  try {
    return run();
  } finally {
    backend.tensorToBinding = bind;
  }
}

/** How many numbers a tensor of this shape has. */
const sizeOf = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1);
