/** Fitted atoms in the cells of the true ones: one expert more than there is, in twenty samples. */
import type { PlotOptions } from '@observablehq/plot';
import { stream } from '@tfjs-moe/core';
import { fitLeastSquares } from '@tfjs-moe/estimators';
import { voronoiPlot } from '@tfjs-moe/estimators/plots';
import { ffn } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { type MixingMeasure, predict } from '@tfjs-moe/measures';

const [SAMPLES, ROWS, NOISE] = [20, 1000, 0.1];

export interface Atoms {
  readonly truth: MixingMeasure;
  readonly fitted: readonly MixingMeasure[];
}

export function fittedAtoms(samples: number = SAMPLES): Atoms {
  const truth: MixingMeasure = {
    gate: softmax(),
    expert: ffn({ hiddenUnits: [], outputWeights: false, activation: 'tanh' }),
    ...{ inputDim: 1, experts: 2 },
    gateParams: { 'router/kernel': [2, 0], bias: [0, 0] },
    expertParams: { 'layer_1/kernel': [2, -1.5], 'layer_1/bias': [-1, 0.5] },
  };
  // As in the studies, near the truth: the first atom in two, a little apart.
  const initial = {
    ...{ ...truth, experts: 3 },
    gateParams: { 'router/kernel': [2, 2, 0], bias: [-Math.LN2, -Math.LN2, 0] },
    expertParams: { 'layer_1/kernel': [2.3, 1.7, -1.5], 'layer_1/bias': [-0.8, -1.2, 0.5] },
  };
  const fitted = Array.from({ length: samples }, (_, sample) => {
    const random = stream(3, 'pictures/voronoi', sample);
    const inputs = Array.from({ length: ROWS }, () => [4 * random.uniform() - 2]);
    const response = predict(truth, inputs).map((value) => value + NOISE * random.normal());
    const { gate, expert } = truth;
    const options = { gate, expert, experts: 3, data: { inputs, response } };
    return fitLeastSquares({ ...options, initial, bounds: 6, maxIterations: 100 }).measure;
  });
  return { truth, fitted };
}

export function voronoiAtomsPlot({ truth, fitted }: Atoms): PlotOptions {
  return {
    ...voronoiPlot(fitted, truth, { x: 'expert/layer_1/kernel', y: 'expert/layer_1/bias' }),
    width: 560,
  };
}
