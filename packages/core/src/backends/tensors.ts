/** A tensor as kernels and what runs them know it: this package does not import tfjs. */
export interface DeviceTensor {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: string;
  readonly isDisposed?: boolean;
}

/** What is used of the engine of tfjs. */
export interface TensorEngine<V extends DeviceTensor = DeviceTensor> {
  readonly backendName: string;
  readonly backend: { incRef(dataId: object): void };
  runKernel(name: string, inputs: Readonly<Record<string, V>>, attributes?: object): V | V[];
  makeTensorFromTensorInfo(info: Pick<V, 'dataId' | 'shape' | 'dtype'>): V;
}

/** Runs a kernel that has one result. */
export function runOne<V extends DeviceTensor>(
  engine: TensorEngine<V>,
  name: string,
  inputs: Readonly<Record<string, V>>,
  attributes: object = {},
): V {
  return engine.runKernel(name, inputs, attributes) as V;
}
