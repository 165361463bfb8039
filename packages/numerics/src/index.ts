/** Float64 and beyond: derivatives, linear algebra, rigorous and exact arithmetic for routers, gates and experts. */
export type { Derivatives } from './activations/derivatives.ts';
export { type Elementary, elementary } from './activations/elementary.ts';
export { erf, erfc, scaledErfc } from './special/erf.ts';
export { normalCdf, normalDensity } from './special/normal.ts';
