/** Mixtures of experts fitted to data: estimates, their errors, and the choice between them. */

// Maximum likelihood.
export { type Bootstrap, type BootstrapOptions, type BootstrapRow, bootstrap } from './choice/bootstrap.ts';
export { aic, bic, type Fitted, icl } from './choice/criteria.ts';
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidate,
  type Fold,
} from './choice/cross-validate.ts';
export {
  type Candidate,
  type Criterion,
  type SelectAtomsOptions,
  type Selection,
  selectAtoms,
} from './choice/select-atoms.ts';
export {
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
  calibration,
} from './diagnostics/calibration.ts';
export { expectedResponse } from './diagnostics/expected-response.ts';
export { type ResidualOptions, residuals } from './diagnostics/residuals.ts';
export {
  type Coefficient,
  coefficients,
  type ErrorKind,
  type InferenceOptions,
  type NamedMatrix,
  standardErrors,
  vcov,
} from './inference/coefficients.ts';
export { type CoefficientTable, type Summary, summary } from './inference/summary.ts';
export { withReference } from './inference/with-reference.ts';
// Least squares.
export type { LeastSquaresFit, StartReport } from './least-squares/fit.ts';
export {
  fitLeastSquares,
  type LeastSquaresOptions,
  type LeastSquaresProgress,
} from './least-squares/fit-least-squares.ts';
export type {
  ClimbReport,
  Estimate,
  EstimateStatus,
  FitWarning,
  MaximumLikelihoodFit,
} from './likelihood/fit.ts';
export { fitMaximumLikelihood } from './likelihood/fit-maximum-likelihood.ts';
export type {
  InitialPoint,
  MaximumLikelihoodOptions,
  MaximumLikelihoodProgress,
} from './likelihood/options.ts';
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

// How far from the truth.
export { type LossName, lossesWithPower, lossNames } from './voronoi/loss-names.ts';
export { type RBar, rBar } from './voronoi/r-bar.ts';
export {
  type VoronoiLoss,
  type VoronoiOptions,
  voronoiCells,
  voronoiLoss,
} from './voronoi/voronoi-loss.ts';
