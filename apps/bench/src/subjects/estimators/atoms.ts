/** Gelu atoms by least squares: as many as there are, and one more than there are. */
import { stream } from '@tfjs-moe/core';
import { fitLeastSquares } from '@tfjs-moe/estimators';
import { ffn } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { predict } from '@tfjs-moe/measures';
import type { Row, Run } from '../../subject.ts';
import type { Case } from './case.ts';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });

export function atomCases({ quick }: Run): Case[] {
  return (quick ? [100_000] : [10_000, 100_000, 1_000_000]).flatMap((n) =>
    [3, 2].map((planted) => {
      const name = `3 gelu atoms, ${planted} true, d = 2, n = ${n}`;
      return { topic: 'atoms', name, measure: () => leastSquares(name, n, planted) };
    }),
  );
}

function leastSquares(name: string, n: number, planted: number): Row {
  const gate = softmax();
  const truth = {
    gate,
    expert: gelu,
    inputDim: 2,
    experts: planted,
    gateParams: {
      'router/kernel': [2, 0, 0, 0, 0, 2].slice(0, 2 * planted),
      bias: [-0.5, 0, 0.3].slice(0, planted),
    },
    expertParams: {
      'layer_1/kernel': [2, -1, -1.5, 2, 1, 1.5].slice(0, 2 * planted),
      'layer_1/bias': [1, 0.5, -1].slice(0, planted),
    },
  };
  const random = stream(5, 'least squares', n);
  const inputs = Array.from({ length: n }, () => [6 * random.uniform() - 3, 6 * random.uniform() - 3]);
  const response = predict(truth, inputs).map((mean) => mean + 0.1 * random.normal());
  const start = performance.now();
  const fit = fitLeastSquares({ gate, expert: gelu, experts: 3, data: { inputs, response } });
  const ms = performance.now() - start;
  return {
    case: name,
    mode: 'least squares',
    ratios: {},
    spread: {},
    ms,
    seconds: ms / 1000,
    starts: fit.starts.length,
    iterations: fit.iterations,
    reason: fit.reason,
    sigma2: fit.sigma2,
  };
}
