/** The experts. */
export type { AffineOptions } from './affine.ts';
export { type ConstantOptions, constant } from './constant.ts';
export type { FeedForwardOptions } from './feed-forward.ts';
export { type FfnOptions, ffn } from './ffn.ts';
export { type GatedFfnOptions, gatedFfn } from './gated-ffn.ts';
export { type LinearOptions, linear } from './linear.ts';
export { type NormalizedFfnOptions, normalizedFfn } from './normalized-ffn.ts';
export { type PolynomialOptions, polynomial } from './polynomial.ts';
