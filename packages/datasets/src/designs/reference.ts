import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { crossingLines } from './demystifying-softmax.ts';
import { type Design, defineDesign } from './design.ts';

/**
 * The designs of the reference fits that the estimators are held against: their samples were drawn with numpy, so ours
 * of the same design are other samples.
 */
export function reference(letter: 'a' | 'b'): Design {
  const isA = letter === 'a';
  return defineDesign({
    name: `reference-${letter}`,
    description: isA
      ? 'Two crossing lines, inputs drawn from [0, 1].'
      : 'Three lines, inputs drawn from [-3, 3].',
    measure: isA
      ? crossingLines()
      : {
          gate: softmax(),
          expert: linear(),
          inputDim: 1,
          experts: 3,
          gateParams: { 'router/kernel': [2, 0.5, 0], bias: [-1, 1, 0] },
          expertParams: { kernel: [1.5, -1, 0.25], bias: [2, -1, 0.5] },
          dispersions: [0.4, 0.3, 0.5],
        },
    inputs: isA ? { kind: 'uniform', min: 0, max: 1 } : { kind: 'uniform', min: -3, max: 3 },
    noise: { kind: 'experts' },
    sizes: [1000, 10_000],
    replicates: 1,
    estimator: 'maximumLikelihood',
    fitted: [{ gate: softmax(), expert: linear(), experts: isA ? 2 : 3 }],
    source: 'The reference fits of this project, made with numpy and checked against flexmix',
  });
}
