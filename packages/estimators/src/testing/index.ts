/** The contract suite of estimators, for the built-in ones and for yours. */
export type { AnyFit, EstimatorUnderTest, FitRequest } from './estimator.ts';
export { testEstimator } from './test-estimator.ts';
