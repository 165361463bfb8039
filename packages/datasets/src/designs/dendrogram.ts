import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { crossingLines } from './demystifying-softmax.ts';
import { type Design, defineDesign, logSizes } from './design.ts';

function threePlanes(dispersions: readonly number[]): MixingMeasure {
  return {
    gate: softmax(),
    expert: linear(),
    inputDim: 2,
    experts: 3,
    gateParams: { 'router/kernel': [1, -1, 1, 0.5, 0, 0], bias: [0.3, 0.5, 0] },
    expertParams: { kernel: [1.5, 0.9, 0.6, 0.5, 1.1, -0.3], bias: [0.5, 0.5, 0.5] },
    dispersions,
  };
}

/**
 * The simulations of the dendrogram of mixing measures: three planes in two inputs with more and with less noise, and the
 * crossing lines.
 *
 * Source: arXiv:2510.12744, experiments 3, 5 and 6.
 */
export function dendrogram(experiment: 3 | 5 | 6): Design {
  const lines = experiment === 5;
  const about = {
    name: `dendrogram-exp${experiment}`,
    description: lines
      ? 'Two crossing lines, inputs on a grid, four experts fitted.'
      : `Three planes in two inputs with ${experiment === 3 ? 'much' : 'little'} noise, four experts fitted.`,
    noise: { kind: 'experts' },
    sizes: logSizes(100, 100_000, 200),
    replicates: 40,
    estimator: 'maximumLikelihood',
    fitted: [{ gate: softmax(), expert: linear(), experts: 4 }],
    source: `arXiv:2510.12744, experiment ${experiment}`,
  } as const;
  if (lines) {
    return defineDesign({
      ...about,
      measure: crossingLines(),
      inputs: { kind: 'grid', min: 0, max: 1 },
      assumed: ['sizes', 'replicates'],
      notes: ['Published: 200 sizes at equal ratios. From where to where is ours.'],
    });
  }
  return defineDesign({
    ...about,
    measure: threePlanes(experiment === 3 ? [0.9, 0.5, 1.2] : [0.2, 0.3, 0.2]),
    inputs: { kind: 'normal' },
    assumed: ['inputs', 'sizes', 'replicates', 'fitted'],
    notes: [
      'The rows of alpha and beta are intercept, x1 and x2; their columns the experts, the last gate being 0.',
    ],
  });
}
