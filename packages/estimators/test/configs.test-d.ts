/** Configs in the options of fits: known kinds have their options and no others, other kinds whatever they like. */
import type { Config } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import {
  crossValidate,
  fitLeastSquares,
  fitMaximumLikelihood,
  type LeastSquaresOptions,
  type MaximumLikelihoodOptions,
  type Sample,
  selectExperts,
} from '../src/index.ts';

declare const data: Sample;
declare const saved: Config;
declare const name: string;
const rest = { experts: 2, data };
const expert = linear();

// By object, by name, by config, known or a stranger's, and from JSON.
fitMaximumLikelihood({ ...rest, gate: softmax(), expert });
fitMaximumLikelihood({ ...rest, gate: 'softmax', expert: name });
fitMaximumLikelihood({ ...rest, gate: { kind: 'topK', k: 1 }, expert: { kind: 'ffn', hiddenUnits: 2 } });
fitMaximumLikelihood({ ...rest, gate: { kind: 'someStrangersGate', whatever: 1 }, expert: saved });
fitLeastSquares({ ...rest, gate: { kind: 'someStrangersGate', whatever: 1 }, expert: saved });
selectExperts({ data, range: [1, 3], gate: saved, expert: { kind: 'someStrangersExpert', whatever: [1] } });
crossValidate({ ...rest, gate: { kind: 'topK', weighting: 'someStrangersGate' }, expert: 'linear' });

// Wrong options in a config.
// @ts-expect-error a gate has no such option
fitMaximumLikelihood({ ...rest, gate: { kind: 'topK', kk: 2 }, expert });
// @ts-expect-error an expert has no such option
fitMaximumLikelihood({ ...rest, gate: 'softmax', expert: { kind: 'linear', useBais: false } });
// @ts-expect-error wrong inside a config inside a config
fitMaximumLikelihood({ ...rest, gate: { kind: 'topK', router: { kind: 'mlp', hidden: 8 } }, expert });
// @ts-expect-error wrong although a gate and an expert stand beside it
fitMaximumLikelihood({ ...rest, gate: { kind: 'topK', weighting: softmax(), kk: 2 }, expert });
// @ts-expect-error hiddenUnits is needed
fitLeastSquares({ ...rest, gate: softmax(), expert: { kind: 'ffn' } });
// @ts-expect-error wrong inside a config inside a config
fitLeastSquares({ ...rest, gate: { kind: 'hierarchical', inner: { kind: 'topK', kk: 1 } }, expert });
// @ts-expect-error a gate has no such option
selectExperts({ data, range: [1, 3], gate: { kind: 'softmax', useBais: true }, expert });
// @ts-expect-error an expert has no such option
crossValidate({ ...rest, gate: softmax(), expert: { kind: 'linear', useBais: false } });

// Options by name, for those who write functions around these.
export const maximumLikelihood: MaximumLikelihoodOptions = { ...rest, gate: { kind: 'topK', k: 1 }, expert };
fitMaximumLikelihood(maximumLikelihood);
export const leastSquares: LeastSquaresOptions = { ...rest, gate: 'softmax', expert: saved };
fitLeastSquares(leastSquares);
