/** Mixtures of experts fitted to data: estimates, their errors, and the choice between them. */

// Least squares.
export type { LeastSquaresFit, StartReport } from './least-squares/fit.ts';
export {
  fitLeastSquares,
  type LeastSquaresOptions,
  type LeastSquaresProgress,
} from './least-squares/fit-least-squares.ts';

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
