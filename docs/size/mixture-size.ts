/** How large the mixtures of a model are: numbers that a page shows, and a test counts. */

/** Layers of experts $D \to H \to D$ (or gated ones) behind a linear router. */
export interface Sizes {
  readonly layers: number;
  readonly experts: number;
  /** Experts that a token is sent to. */
  readonly selected: number;
  /** D: features of a token. */
  readonly width: number;
  /** H: hidden units of an expert. */
  readonly hidden: number;
  /** Whether experts have a third kernel, as gated feed-forward networks do; those have no biases. */
  readonly gated: boolean;
}

export interface MixtureSize {
  readonly parameters: number;
  /** Those that one token meets. */
  readonly active: number;
  /** Multiplications with a weight that one token costs in a forward pass. */
  readonly multiplications: number;
  /** Of the weights in float32: the file, and the memory of a page that only evaluates. */
  readonly bytes: number;
  /** Of weights, their gradients and both moments of Adam. */
  readonly trainingBytes: number;
  /** Hidden units of a dense network that costs a token as much, the router aside. */
  readonly denseHidden: number;
}

export function mixtureSize({ layers, experts, selected, width, hidden, gated }: Sizes): MixtureSize {
  const kernels = (gated ? 3 : 2) * width * hidden;
  const expert = kernels + (gated ? 0 : hidden + width);
  const router = experts * (width + 1);
  const met = Math.min(selected, experts);
  const parameters = layers * (experts * expert + router);
  return {
    parameters,
    active: layers * (met * expert + router),
    multiplications: layers * (met * kernels + experts * width),
    bytes: 4 * parameters,
    trainingBytes: 16 * parameters,
    denseHidden: met * hidden,
  };
}

/** Seconds to load some bytes at megabits a second. */
export function secondsToLoad(bytes: number, megabits: number): number {
  return (8 * bytes) / (megabits * 1e6);
}
