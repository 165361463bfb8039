/**
 * How far the function of a mixture moves when its scores are multiplied by c and its temperature is set to $\tau$: with a
 * linear router not at all along $\tau = c$, with a bounded one everywhere but at the truth.
 */
import type { Gate } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { mlpRouter, temperature } from '@tfjs-moe/gates';
import { type MixingMeasure, mixingMeasure, predict } from '@tfjs-moe/measures';

/** Cells along each axis, and the ends of both axes as powers of two. */
export const SIDE = 33;
export const ENDS = [-2, 2] as const;

export interface Valley {
  readonly router: string;
  /** $\log_{10}$ of the root mean squared distance to the truth, rows of equal $\tau$ from below. */
  readonly distance: readonly number[];
}

const inputs = Array.from({ length: 41 }, (_, i) => [(i - 20) / 10]);
/** Least distance that is told from none: rounding. */
const FLOOR = 1e-14;

function truth(gate: Gate, kernel: string): MixingMeasure {
  return mixingMeasure({
    gate,
    expert: ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
    inputDim: 1,
    experts: 2,
    gateParams: { [kernel]: [3, -1], bias: [0.5, 0], temperature: [1] },
    expertParams: { 'layer_1/kernel': [2, -1.5], 'layer_1/bias': [0, 0.5] },
  });
}

function valley(router: string, of: MixingMeasure, kernel: string): Valley {
  const target = predict(of, inputs);
  const at = (i: number) => 2 ** (ENDS[0] + ((ENDS[1] - ENDS[0]) * i) / (SIDE - 1));
  const distance: number[] = [];
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const scaled = (name: string) => of.gateParams[name]!.map((value) => value * at(column));
      const gateParams = { [kernel]: scaled(kernel), bias: scaled('bias'), temperature: [at(row)] };
      const output = predict({ ...of, gateParams }, inputs);
      const square = output.reduce((sum, value, i) => sum + (value - target[i]!) ** 2, 0) / output.length;
      distance.push(Number(Math.log10(Math.max(FLOOR, Math.sqrt(square))).toFixed(3)));
    }
  }
  return { router, distance };
}

export function valleys(): Valley[] {
  const bounded = mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });
  return [
    valley('linear router', truth(temperature(), 'router/kernel'), 'router/kernel'),
    valley(
      'router tanh(v·x)',
      truth(temperature({ router: bounded }), 'router/layer_1/kernel'),
      'router/layer_1/kernel',
    ),
  ];
}
