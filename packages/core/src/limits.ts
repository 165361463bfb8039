/**
 * The largest sizes that are accepted. What is larger is refused by name where the option is read, or before the first
 * number of a layer is allocated, because it would end in an error of the engine, or not at all.
 */
export const limits: Readonly<{
  /** Experts of a layer, groups of a gate, experts per token: a table [tokens, experts] holds a number for each pair. */
  experts: number;
  /**
   * Numbers of one weight, hence also its units, hidden units and features: 1 GiB in float32, 2 GiB in the float64 in
   * which it is drawn, and the largest texture of WebGL, 16,384 x 16,384.
   */
  numbersOfWeight: number;
  /** Numbers of all weights of a layer: 2 GiB, half of what WebAssembly can address; a gradient needs the other half. */
  numbersOfLayer: number;
  /** Hidden layers of an expert or a router. */
  hiddenLayers: number;
  /** Degree of a polynomial: $2^{128}$ is no float32. */
  degree: number;
  /** Plugins inside plugins, and layers of experts inside experts: each level is a few calls on the engine's stack. */
  nesting: number;
}> = /* @__PURE__ */ Object.freeze({
  experts: 2 ** 16,
  numbersOfWeight: 2 ** 28,
  numbersOfLayer: 2 ** 29,
  hiddenLayers: 1024,
  degree: 127,
  nesting: 32,
});
