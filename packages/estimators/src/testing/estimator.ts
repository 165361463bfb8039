import type { MixingMeasure } from '@tfjs-moe/measures';
import type { Sample } from '../sample.ts';

/** What the suite reads of a fit; an estimator may say more. */
export interface AnyFit {
  /** The estimate. */
  readonly measure: MixingMeasure;
}

/** What the suite asks of a fit besides the sample. */
export interface FitRequest {
  /** Number of experts. */
  readonly experts: number;
  /** Of whatever is drawn. */
  readonly seed: number;
  /** Where to start, instead of at starts of the estimator's own choice. */
  readonly initial?: MixingMeasure;
}

/** What a response is: any number, 0 or 1, an integer from 0, or a number above 0, whose unit may change and its zero not. */
export type ResponseKind = 'number' | 'class' | 'count' | 'positive';

/** An estimator as `testEstimator` sees it: a fit of one model, and what is best in it. */
export interface EstimatorUnderTest<F extends AnyFit = AnyFit> {
  /** Names the tests. */
  readonly name: string;
  /** Fits a sample; `request.initial` is undefined unless a check starts somewhere. */
  fit(sample: Sample, request: FitRequest): F;
  /** What the estimator makes as large as it can: the log-likelihood, or less the logarithm of the sum of squares. */
  objective(fit: F): number;
  /** The same, computed anew from an estimate and a sample: what the estimator says of itself is held against it. */
  objectiveAt(measure: MixingMeasure, sample: Sample): number;
  /** The objective, up to a constant, at the start and after every step of the climb that won. */
  history(fit: F): readonly number[];
  /** The mean that a fit expects at some inputs. Default: what its measure predicts. */
  expected?(fit: F, rows: Sample['inputs']): ArrayLike<number>;
  /** What the objective gains when responses are multiplied by `scale`, per unit of weight times `totalWeight`; of numbers that have units. */
  gainOfScale?(scale: number, totalWeight: number): number;
  /** What a response is. Default `'number'`. */
  readonly response?: ResponseKind;
  /** Number of experts in most checks, and a larger one that the gate serves. Default 2 and 3. */
  readonly experts?: readonly [few: number, more: number];
  /** The sample of most checks, one whose best fit is found from any start. Default: two planes with noise, classes, counts or positive numbers. */
  readonly sample?: Sample;
  /** Orders of the experts that are the same model. Default: the reverse. */
  readonly orders?: readonly (readonly number[])[];
  /** By how much two objectives may differ that should be equal. Default 1e-6. */
  readonly tolerance?: number;
  /** Checks that do not hold of this model, each with the reason: they must fail, or the entry is out of date. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

/** One promise, under the name by which `exceptions` know it. */
export interface Check {
  readonly name: string;
  /** Throws where the promise is broken. */
  run(subject: Subject): void;
}

/** An estimator with the sample that it is held to, and its fit to it, made once. */
export interface Subject {
  readonly under: EstimatorUnderTest;
  readonly sample: Sample;
  readonly few: number;
  readonly more: number;
  /** The fit to `sample` by `few` experts. */
  fitted(): AnyFit;
  /** Another one. */
  fit(sample: Sample, request?: Partial<FitRequest>): AnyFit;
  /** Two fits must be equally good. */
  expectEqual(actual: AnyFit, expected: AnyFit, what: string, gain?: number): void;
}
