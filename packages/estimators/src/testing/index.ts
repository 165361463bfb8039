/** The contract suite of estimators, for the built-in ones and for yours, and the estimators as readers of definitions. */
export type { AnyFit, EstimatorUnderTest, FitRequest, ResponseKind } from './estimator.ts';
export { fitting } from './fitting.ts';
export { testEstimator } from './test-estimator.ts';
