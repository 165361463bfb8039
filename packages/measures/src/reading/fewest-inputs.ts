/** A definition that wants more inputs than these is not read. */
const MOST_INPUTS = 2 ** 16;

/**
 * What `params` returns for the fewest inputs that a definition takes, doubled from `from` on: some definitions read one
 * of the later features, and refuse inputs without it.
 *
 * @throws what `params` throws where it refuses every number of inputs
 * @example const { specs } = fewestInputs((inputDim) => router.params(inputDim));
 */
export function fewestInputs<S>(
  params: (inputDim: number) => S,
  from = 1,
): { readonly inputs: number; readonly specs: S } {
  for (let inputs = from; ; inputs *= 2) {
    try {
      return { inputs, specs: params(inputs) };
    } catch (error) {
      if (inputs >= MOST_INPUTS) throw error;
    }
  }
}
