/** The experts. */
// biome-ignore-all assist/source/organizeImports: a contents page, in an order made by hand

// list: experts
export { type LinearOptions, linear } from './linear.ts';
export { type PolynomialOptions, polynomial } from './polynomial.ts';
export { type ConstantOptions, constant } from './constant.ts';
export { type FfnOptions, ffn } from './ffn.ts';
export { type NormalizedFfnOptions, normalizedFfn } from './normalized-ffn.ts';
export { type GatedFfnOptions, gatedFfn } from './gated-ffn.ts';
export { type LoraOptions, lora } from './lora.ts';
export { identity } from './identity.ts';
export { zero } from './zero.ts';
export { type GatedConstantOptions, gatedConstant } from './gated-constant.ts';
export { type SelectedInputsOptions, selectedInputs } from './selected-inputs.ts';
// end of list

// What the options of several experts have in common.
export type { AffineOptions } from './affine.ts';
export type { FeedForwardOptions } from './feed-forward.ts';
