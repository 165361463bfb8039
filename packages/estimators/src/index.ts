/** Mixtures of experts fitted to data: estimates, their errors, and the choice between them. */

// Maximum likelihood.
export { type Bootstrap, type BootstrapOptions, type BootstrapRow, bootstrap } from './choice/bootstrap.ts';
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidate,
  type Fold,
} from './choice/cross-validate.ts';
export {
  type Candidate,
  type Criterion,
  type SelectExpertsOptions,
  type Selection,
  selectExperts,
} from './choice/select-experts.ts';
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
export { aic, bic, type Fitted, icl } from './inference/criteria.ts';
export { type CoefficientTable, type Summary, summary } from './inference/summary.ts';
export { withReference } from './inference/with-reference.ts';
// Least squares.
export type { LeastSquaresFit, StartReport } from './least-squares/fit.ts';
export { fitLeastSquares } from './least-squares/fit-least-squares.ts';
export type { LeastSquaresOptions, LeastSquaresProgress } from './least-squares/options.ts';
export { fitMaximumLikelihood } from './likelihood/fit-maximum-likelihood.ts';
export type {
  InitialPoint,
  MaximumLikelihoodOptions,
  MaximumLikelihoodProgress,
} from './likelihood/problem/options.ts';
export type {
  ClimbReport,
  Estimate,
  EstimateStatus,
  FitWarning,
  MaximumLikelihoodFit,
} from './likelihood/report/fit.ts';
// What they are fitted to.
export type { Sample } from './sample.ts';
