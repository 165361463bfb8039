/**
 * Maximum likelihood against R's flexmix on one machine in one run: the same rows, the same first assignment of rows to
 * experts, and a tolerance that is at least as strict. R counts its own time, without its start. Of
 * several runs the fastest counts, on both sides: the one that other work on the machine disturbed least.
 */
import { type Stream, stream } from '@tfjs-moe/core';
import { fitMaximumLikelihood, type Sample } from '@tfjs-moe/estimators';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import type { Row, Run } from '../subject.ts';
import { against, flexmix } from './flexmix.ts';

/** Two lines (the design of Nguyen, Nguyen and Ho, 2023) and three. */
const designs = [
  {
    name: 'A',
    low: 0,
    high: 1,
    gate: [
      [-8, 25],
      [0, 0],
    ],
    experts: [
      [15, -20],
      [-5, 20],
    ],
    sigma: [0.3, 0.4],
  },
  {
    name: 'B',
    low: -3,
    high: 3,
    gate: [
      [-1, 2],
      [1, 0.5],
      [0, 0],
    ],
    experts: [
      [2, 1.5],
      [-1, -1],
      [0.5, 0.25],
    ],
    sigma: [0.4, 0.3, 0.5],
  },
] as const;

export async function likelihoodRows({ quick, log }: Run): Promise<Row[]> {
  const rows: Row[] = [];
  for (const design of designs) {
    log(`maximum likelihood against flexmix, ${design.experts.length} experts`);
    rows.push(await versusFlexmix(design, quick ? 3 : 5));
  }
  if (!quick) {
    log('maximum likelihood, 3 experts, n = 1000000');
    rows.push(million());
  }
  return rows;
}

async function versusFlexmix(
  { name, low, high, gate, experts, sigma }: (typeof designs)[number],
  runs: number,
): Promise<Row> {
  const n = 10_000;
  const random = stream(1, 'bench', name);
  const x = Array.from({ length: n }, () => low + (high - low) * random.uniform());
  const response = x.map((value) => {
    const e = chosen(
      gate.map(([b, a]) => b + a * value),
      random,
    );
    return experts[e]![0] + experts[e]![1] * value + sigma[e]! * random.normal();
  });
  const clusters = x.map(() => random.integer(experts.length));
  const data: Sample = { inputs: x.map((value) => [value]), response };
  const fit = () =>
    fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts: experts.length,
      data,
      initial: { clusters },
    });
  const times = Array.from({ length: 5 * runs }, () => {
    const start = performance.now();
    fit();
    return performance.now() - start;
  });
  const ms = Math.min(...times);
  const ours = fit();
  const columns = { y: response, x, cluster: clusters };
  const theirs = await flexmix({ columns, formula: 'y ~ x', model: 'FLXMRglm()', gate: '~ x' }, runs);
  return {
    case: `${experts.length} linear experts, d = 1, n = ${n}, one start`,
    mode: 'maximum likelihood',
    spread: {},
    ms,
    firstMs: times[0]!,
    iterations: ours.iterations.em + ours.iterations.newton,
    logLikelihood: ours.logLikelihood,
    ...against(ms, theirs),
  };
}

function million(): Row {
  const n = 1_000_000;
  const random = stream(2, 'bench', 'million');
  const inputs = Array.from({ length: n }, () => [random.normal(), 6 * random.uniform() - 3]);
  const response = inputs.map(([a = 0, b = 0]) => {
    const e = chosen([2 * a - 1, 1 - b, 0], random);
    return [2 + 1.5 * a - b, -1 - a, 0.5 * a + 2 * b][e]! + [0.4, 0.3, 0.5][e]! * random.normal();
  });
  const start = performance.now();
  const fit = fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 3,
    data: { inputs, response },
  });
  const ms = performance.now() - start;
  return {
    case: '3 linear experts, d = 2, n = 1000000, 10 starts',
    mode: 'maximum likelihood',
    ratios: {},
    spread: {},
    ms,
    seconds: ms / 1000,
    iterations: fit.iterations.em + fit.iterations.newton,
    logLikelihood: fit.logLikelihood,
    reason: fit.ending,
  };
}

/** An index by the softmax of some logits. */
function chosen(logits: readonly number[], random: Stream): number {
  const noisy = logits.map((logit) => logit + random.gumbel());
  return noisy.indexOf(Math.max(...noisy));
}
