/** A study of a moment. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Study } from '../../src/study/study.ts';

export const small: Study = {
  name: 'small',
  title: 'Small',
  sizes: [40, 80],
  replicates: 5,
  seed: 4,
  quick: { replicates: 1 },
  arms: [
    {
      name: 'linear',
      design: 'least-squares-linear',
      fit: { estimator: 'leastSquares', experts: 2 },
      losses: ['regression'],
    },
    {
      name: 'likelihood',
      truth: {
        gate: { kind: 'softmax' },
        expert: { kind: 'linear' },
        inputDim: 1,
        experts: 2,
        gateParams: { 'router/kernel': [2, 0], bias: [0, 0] },
        expertParams: { kernel: [1, -1], bias: [0, 1] },
        dispersions: [0.3, 0.3],
      },
      inputs: { kind: 'uniform', min: -2, max: 2 },
      noise: { kind: 'experts' },
      fit: { estimator: 'maximumLikelihood', experts: 2 },
      losses: ['regression', 'totalVariation'],
    },
  ],
};

/** A file with it. */
export function smallStudy(folder: string, change: Partial<Study> = {}): string {
  const path = join(folder, 'small.json');
  writeFileSync(path, JSON.stringify({ ...small, ...change }));
  return path;
}
