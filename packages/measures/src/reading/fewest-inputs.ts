import { expectInteger, MoeError } from '@tfjs-moe/core';

/** A definition that wants more inputs than these is not read. */
const MOST_INPUTS = 2 ** 16;

/**
 * What `params` returns for the fewest inputs that a definition takes, doubled from `from` on: some definitions read one
 * of the later features, and refuse inputs without it.
 *
 * @throws MoeError for arguments that are wrong; what `params` throws where it refuses every number of inputs
 * @example const { specs } = fewestInputs((inputDim) => router.params(inputDim));
 */
export function fewestInputs<S>(
  params: (inputDim: number) => S,
  from = 1,
): { readonly inputs: number; readonly specs: S } {
  if (typeof params !== 'function')
    throw new MoeError('fewestInputs', 'params must be a function of a number of inputs', params);
  expectInteger('fewestInputs', 'from', from, { min: 1 });
  for (let inputs = from; ; inputs *= 2) {
    try {
      return { inputs, specs: params(inputs) };
    } catch (error) {
      if (inputs >= MOST_INPUTS) throw error;
    }
  }
}
