/** Mutants of estimators and of what they are measured by. */
import { of, quick, testsOf } from './of.mjs';

const estimators = 'packages/estimators/src';
const estimatorTests = testsOf('packages/estimators');

export const estimatorMutants = [
  ...of(
    'criteria',
    `${estimators}/inference/criteria.ts`,
    estimatorTests('inference/criteria'),
    ["bicOf('icl', fit) + 2 * entropy", 'bic(fit) + fit.entropy', 'ICL with one entropy', quick],
    [
      '-2 * logLikelihood + 2 * degreesOfFreedom',
      '-2 * logLikelihood + degreesOfFreedom',
      'AIC with one degree of freedom',
    ],
    ['degreesOfFreedom * Math.log(fit.groups', 'degreesOfFreedom * Math.log2(fit.groups', 'BIC in bits'],
  ),
  ...of(
    'criteria',
    `${estimators}/choice/cross-validate.ts`,
    estimatorTests('choice/cross-validate'),
    [
      'kept: order.filter((_row, i) => i % count !== fold),',
      'kept: order,',
      'trains on the fold that is left out',
      quick,
    ],
    [
      'const left = unitsOf(model.data, units, out);',
      'const left = unitsOf(model.data, units, kept.slice(0, out.length));',
      'judges by rows of the fit',
    ],
    [
      "stream(seed, 'folds')",
      "stream(0, 'folds')",
      'the same folds for every seed',
      { equivalent: 'a seed need not change the folds for a fit to be right; that it does is a choice' },
    ],
  ),
  ...of('criteria', `${estimators}/choice/select-experts.ts`, estimatorTests('choice/choice'), [
    'b[criterion] < a[criterion] ? b : a',
    'b[criterion] > a[criterion] ? b : a',
    'the worst is chosen',
  ]),
  ...of(
    'criteria',
    `${estimators}/diagnostics/calibration.ts`,
    estimatorTests('diagnostics/calibration', 'diagnostics/diagnostics'),
    [
      'below += weights[i]! / totalWeight;\n    error = Math.max(error, Math.abs(pit[i]! - below));',
      'below += weights[i]! / totalWeight;',
      'one side of Kolmogorov’s distance',
      quick,
    ],
    [
      'Math.min(bins - 1, Math.floor(u * bins))',
      'Math.min(bins - 1, Math.ceil(u * bins))',
      'every value one bin too high',
    ],
  ),
  ...of(
    'criteria',
    `${estimators}/diagnostics/residuals.ts`,
    estimatorTests('diagnostics/diagnostics', 'diagnostics/residuals'),
    [
      'return below < 0.5 ? normalQuantile(below) : -normalQuantile(above);',
      'return normalQuantile(below);',
      'far residuals are infinite',
    ],
    [
      'family.variance(each) + (family.mean(each) - mean) ** 2',
      'family.variance(each)',
      'the spread of the means is left out',
    ],
  ),
  ...of(
    'estimators',
    `${estimators}/sample.ts`,
    estimatorTests('sample', 'testing/least-squares'),
    ['const bad = w.findIndex((value) => value < 0);', 'const bad = -1;', 'negative weights pass', quick],
    ['if (row?.length !== inputDim) {', 'if (row?.length < inputDim) {', 'long rows pass'],
  ),
  ...of('estimators', `${estimators}/units/standard-units.ts`, estimatorTests('least-squares/units'), [
    '(!asLayer || (readGate(shape.gate, shape.experts)?.sumsToOne ?? false))',
    'true',
    'the response is centred under gates that cannot take it up',
    quick,
  ]),
  ...of(
    'measures',
    'packages/measures/src/canonical/canonical.ts',
    ['packages/measures/test/canonical/canonical.test.ts'],
    ['inGauge(gauge, specs.gate, gateParams)', 'gateParams', 'the gauge stays', quick],
    ['permuteCopies(dispersions, sources)', 'dispersions', 'deviations stay where they were'],
  ),
  ...of(
    'measures',
    'packages/measures/src/canonical/order.ts',
    ['packages/measures/test/canonical/canonical.test.ts'],
    ['if (difference !== 0) return difference;', 'if (difference !== 0) return 0;', 'no order'],
  ),
];
