/** A call of a kernel. */
export interface KernelCall<Backend, Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly backend: Backend;
}

/** A kernel of a backend: its name, and what it does there. */
export interface BackendKernel<Backend, Info> {
  readonly name: string;
  run(call: KernelCall<Backend, never, never>): Info | Info[];
}

/** Ties the types of a kernel's inputs and attributes to what it does. */
export type DefineKernel<Backend, Info> = <Inputs, Attributes>(
  name: string,
  run: (call: KernelCall<Backend, Inputs, Attributes>) => Info | Info[],
) => BackendKernel<Backend, Info>;

/** Makes a kernel of whichever backend. */
export function defineBackendKernel<Backend, Info, Inputs, Attributes>(
  name: string,
  run: (call: KernelCall<Backend, Inputs, Attributes>) => Info | Info[],
): BackendKernel<Backend, Info> {
  return Object.freeze({ name, run: run as BackendKernel<Backend, Info>['run'] });
}
