/** What is asked of a fit: functions that answer in numbers, or refuse by name. */
import {
  aic,
  bic,
  bootstrap,
  calibration,
  coefficients,
  contrasts,
  crossValidate,
  determination,
  fitFromJSON,
  fitToJSON,
  icl,
  likelihoodRatioTest,
  type MaximumLikelihoodFit,
  type MaximumLikelihoodOptions,
  marginalEffects,
  predictResponse,
  profileCurves,
  profileIntervals,
  residuals,
  selectExperts,
  standardErrors,
  summary,
  testExperts,
  waldTest,
  withReference,
} from '@tfjs-moe/estimators';
import {
  calibrationPlot,
  expertsPlot,
  gatePlot,
  historyPlot,
  observedPlot,
  qqPlot,
  residualsPlot,
} from '@tfjs-moe/estimators/plots';
import { responsibilities } from '@tfjs-moe/measures';

/** A fit, and how it was made. */
export interface Subject {
  readonly options: MaximumLikelihoodOptions;
  readonly fit: MaximumLikelihoodFit;
}

/** A slope of an expert, by its name in the tables. */
function slopeOf({ estimates }: MaximumLikelihoodFit): string {
  const ofExperts = estimates.filter(({ part }) => part === 'expert');
  const { group, name } =
    ofExperts.find(({ status, name: own }) => status === 'estimated' && !own.includes('(Intercept)')) ??
    ofExperts[0]!;
  return `${group}: ${name}`;
}

/** Those that take long fit again, and are left out of the quick form. */
export const slow: ReadonlySet<string> = new Set([
  'test of one expert more',
  'choice of the number of experts',
  'cross-validation',
  'bootstrap',
]);

/** By what the page calls them. */
export const questions: Readonly<Record<string, (subject: Subject) => unknown>> = {
  summary: ({ fit }) => summary(fit).text,
  'confidence intervals': ({ fit }) => coefficients(fit, { level: 0.9 }),
  'sandwich errors': ({ fit }) => standardErrors(fit, 'sandwich'),
  'another reference': ({ fit }) => withReference(fit, 1).logLikelihood,
  contrasts: ({ fit }) => contrasts(fit, slopeOf(fit)),
  'Wald test': ({ fit }) => waldTest(fit, `${slopeOf(fit)} = 0`),
  'profile interval': ({ fit, options }) => profileIntervals(fit, options.data, slopeOf(fit)),
  'profile curve': ({ fit, options }) => profileCurves(fit, options.data, slopeOf(fit)),
  // Against one that stands for any within it.
  'likelihood ratio': ({ fit }) => {
    const { logLikelihood, degreesOfFreedom } = fit;
    const within = { logLikelihood: logLikelihood - 1, degreesOfFreedom: degreesOfFreedom - 1 };
    return likelihoodRatioTest({ ...fit, ...within }, fit);
  },
  'test of one expert more': ({ options }) => testExperts({ ...options, replicates: 1, starts: 1 }),
  'choice of the number of experts': ({ options: { experts, ...options } }) =>
    selectExperts({ ...options, range: [experts, experts], starts: 1 }).best.bic,
  'cross-validation': ({ options }) => crossValidate({ ...options, folds: 2, starts: 1 }),
  bootstrap: ({ fit, options }) => bootstrap(fit, options.data, { replicates: 6 }),
  criteria: ({ fit }) => [aic(fit), bic(fit), icl(fit)],
  prediction: ({ fit, options: { data } }) =>
    predictResponse(fit.measure, data.inputs, {
      ...(data.offset !== undefined && { offset: data.offset }),
      ...(data.trials !== undefined && { trials: data.trials }),
    }),
  assignment: ({ fit, options }) => responsibilities(fit.measure, options.data, { family: fit.family }),
  residuals: ({ fit, options }) => residuals(fit, options.data),
  calibration: ({ fit, options }) => calibration(fit, options.data),
  'marginal effects': ({ fit, options: { data } }) =>
    marginalEffects(fit, data.inputs, data.offset === undefined ? {} : { offset: data.offset }),
  determination: ({ fit }) => determination(fit).verdict,
  JSON: ({ fit }) => summary(fitFromJSON(JSON.parse(JSON.stringify(fitToJSON(fit))))).text,
  'picture of experts': ({ fit, options }) => typeof expertsPlot(fit, options.data),
  'picture of the gate': ({ fit, options }) => typeof gatePlot(fit, options.data),
  'picture of the climb': ({ fit }) => typeof historyPlot(fit),
  'observed against fitted': ({ fit, options }) => typeof observedPlot(fit, options.data),
  'picture of residuals': ({ fit, options }) => typeof residualsPlot(fit, options.data),
  'quantile plot': ({ fit, options }) => typeof qqPlot(fit, options.data),
  'picture of calibration': ({ fit, options }) => typeof calibrationPlot(fit, options.data),
};
