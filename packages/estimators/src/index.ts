/** Mixtures of experts fitted to data: estimates, their errors, and the choice between them. */
// biome-ignore-all assist/source/organizeImports: a contents page, in the order of reading

// What is fitted.
export type { NamedResponse, Sample } from './sample.ts';

// Maximum likelihood.
export { fitMaximumLikelihood } from './likelihood/fit-maximum-likelihood.ts';
export type { InitialPoint } from './likelihood/problem/initial-point.ts';
export type {
  MaximumLikelihoodOptions,
  MaximumLikelihoodProgress,
} from './likelihood/problem/options.ts';
export type { CoefficientStructure } from './likelihood/problem/structure/structure.ts';
export type { PenaltyOptions } from './likelihood/problem/penalty/penalty-options.ts';
export type {
  MaximumLikelihoodFit,
  Estimate,
  EstimateStatus,
  ClimbReport,
  FitWarning,
} from './likelihood/report/fit.ts';

// Saved, and read again.
export { type FitJson, fitFromJSON, fitToJSON } from './likelihood/report/json.ts';

// Least squares.
export { fitLeastSquares } from './least-squares/fit-least-squares.ts';
export type { LeastSquaresOptions, LeastSquaresProgress } from './least-squares/options.ts';
export type { LeastSquaresFit, StartReport } from './least-squares/fit.ts';

// Errors of estimates, and criteria.
export { type CoefficientTable, type Summary, summary } from './inference/summary.ts';
export {
  type Coefficient,
  coefficients,
  standardErrors,
  vcov,
  type ErrorKind,
  type InferenceOptions,
  type NamedMatrix,
} from './inference/coefficients.ts';
export type { StartsReached } from './inference/starts-reached.ts';
export { withReference } from './inference/with-reference.ts';
export { contrasts, type Contrast } from './inference/contrasts.ts';
export {
  determination,
  type Determination,
  type DeterminedNumber,
} from './inference/determination.ts';
export { waldTest, type WaldTest } from './inference/wald-test.ts';
export {
  likelihoodRatioTest,
  type LikelihoodRatioTest,
  type Maximum,
} from './inference/likelihood-ratio-test.ts';
export { aic, bic, icl, type Fitted } from './inference/criteria.ts';

// Strengths of a penalty.
export { penaltyPath, type PenaltyPathOptions } from './choice/penalty-path.ts';
export {
  crossValidatePath,
  type CrossValidatedPath,
  type CrossValidatedPathOptions,
} from './choice/cross-validate-path.ts';

// Intervals by the likelihood ratio, and its curves.
export {
  type ProfileInterval,
  profileIntervals,
  type ProfileOptions,
} from './profile/profile-intervals.ts';
export {
  type ProfileCurve,
  type ProfileCurveOptions,
  profileCurves,
  type ProfilePoint,
} from './profile/profile-curves.ts';

// Effects on what is expected of the response.
export { marginalEffects, type MarginalEffectsOptions } from './effects/marginal-effects.ts';
export {
  averageEffects,
  type AverageEffectsOptions,
  type EffectVariable,
  type RowsAt,
} from './effects/average-effects.ts';
export type { AverageEffect } from './effects/response-contrast.ts';

// The choice between fits.
export {
  selectExperts,
  type SelectExpertsOptions,
  type Selection,
  type Candidate,
  type Criterion,
} from './choice/select-experts.ts';
export {
  crossValidate,
  type CrossValidation,
  type CrossValidationOptions,
  type Fold,
} from './choice/cross-validate.ts';
export {
  type ExpertsReplicate,
  type ExpertsTestModel,
  type ExpertsTestParts,
  expertsTestParts,
} from './choice/experts-test-parts.ts';
export { testExperts, type ExpertsTest, type TestExpertsOptions } from './choice/test-experts.ts';
export {
  type Bootstrap,
  type BootstrapModel,
  type BootstrapParts,
  type BootstrapRow,
  bootstrapParts,
} from './choice/bootstrap-parts.ts';
export { bootstrap, type BootstrapOptions } from './choice/bootstrap.ts';

// Whether a fit describes the data.
export {
  predictResponse,
  type PredictionOptions,
  type ResponsePrediction,
} from './diagnostics/predict-response.ts';
export { expectedResponse } from './diagnostics/expected-response.ts';
export { residuals, type ResidualOptions } from './diagnostics/residuals.ts';
export {
  calibration,
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
} from './diagnostics/calibration.ts';

// How fast losses fall with the number of observations.
export { type LossAt, type RateSlope, rateSlope } from './rates/rate-slope.ts';
