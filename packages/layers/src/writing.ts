/** What the layer is written with, for layers of one's own that should run as it does: on every backend, with masks. */

export { type Called, isHeld, type Masks, ownMask } from './masks/own-mask.ts';
export { type CustomGradient, withGradient } from './tensor/custom-gradient.ts';
export { floats } from './tensor/floats.ts';
export { masked } from './tensor/masked.ts';
export { matMul } from './tensor/mat-mul.ts';
