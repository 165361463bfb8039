/** Operands: the types of number that a kernel reads. Others are left to the stock kernel, or converted where there is none. */
import { Cast, type DataType, getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';

/** The types that each operand may have. Operands that are not named are not read. */
export type Operands<Inputs = Record<string, TensorInfo>> = {
  readonly [name in keyof Inputs]-?: readonly DataType[];
};

export const FLOATS: readonly DataType[] = ['float32'];
export const INDICES: readonly DataType[] = ['int32'];
/** For kernels that move numbers and do not look at them. */
export const NUMBERS: readonly DataType[] = ['float32', 'int32', 'bool'];
export const ANYTHING: readonly DataType[] = [...NUMBERS, 'complex64', 'string'];

type Inputs = Parameters<KernelFunc>[0]['inputs'];

/** The names of the operands of another type than the kernel reads. */
export function foreign(operands: Operands, inputs: Inputs): string[] {
  const names: string[] = [];
  for (const name in operands) {
    const input = inputs[name];
    if (input != null && !operands[name]?.includes(input.dtype)) names.push(name);
  }
  return names;
}

/** Runs a kernel on inputs of which some are converted to the first type that it reads. */
export function runConverted<T>(
  kernelName: string,
  operands: Operands,
  names: readonly string[],
  { inputs, backend }: Parameters<KernelFunc>[0],
  run: (inputs: Inputs) => T,
): T {
  const fitting = { ...inputs };
  const temporary: TensorInfo[] = [];
  try {
    for (const name of names) {
      const x = inputs[name]!;
      const dtype = operands[name]![0]!;
      if (!NUMBERS.includes(x.dtype))
        throw new MoeError(kernelName, `the input ${name} must hold numbers, ${dtype} at best`, x.dtype);
      const convert = getKernel(Cast, 'wasm').kernelFunc;
      const converted = convert({ inputs: { x }, backend, attrs: { dtype } }) as TensorInfo;
      temporary.push(converted);
      fitting[name] = converted;
    }
    return run(fitting);
  } finally {
    for (const { dataId } of temporary) (backend as { disposeData(id: object): boolean }).disposeData(dataId);
  }
}
