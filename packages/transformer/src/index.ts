/** What a small transformer with mixture layers needs beside them. */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of building, training, looking

// The layers.
export {
  CausalSelfAttention,
  type CausalSelfAttentionArgs,
  causalSelfAttention,
  type Positions,
} from './causal-self-attention.ts';
export { RmsNorm, type RmsNormArgs, rmsNorm } from './rms-norm.ts';

// Training.
export { sparseCrossEntropy } from './sparse-cross-entropy.ts';
export { type CompileSparseOptions, compileSparse } from './compile-sparse.ts';
export { AdamW, type AdamWOptions, adamW } from './adam-w.ts';

// Looking at the routing.
export {
  type RoutedLayer,
  type RoutedModel,
  type RouteModelOptions,
  routeModel,
  type TokenLabels,
} from './route-model.ts';
