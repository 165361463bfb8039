/** Mixtures of experts fitted to data: estimates, their errors, and the choice between them. */

// Mixing measures: what is fitted.
export { canonical } from './measure/canonical.ts';
export { expertMeans, gateProbabilities, predict, type Rows } from './measure/evaluate.ts';
export { type MeasureJson, measureFromJSON, measureToJSON } from './measure/json.ts';
export {
  type LayerLike,
  type LayerOptions,
  type LayerWeight,
  layerOptions,
  measureFromLayer,
  weightsForLayer,
} from './measure/layer.ts';
export { responsibilities } from './measure/responsibilities.ts';

// What they are fitted to.
export type { Sample } from './sample.ts';
