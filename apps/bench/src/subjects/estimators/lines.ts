/** Gaussian experts that are lines, gated by the input that they see themselves, against R's flexmix. */
import { stream } from '@tfjs-moe/core';
import { fitMaximumLikelihood, type Sample } from '@tfjs-moe/estimators';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import type { Row, Run } from '../../subject.ts';
import type { Case } from './case.ts';
import { chosen } from './drawn.ts';
import { versusFlexmix } from './flexmix.ts';

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

export function lineCases(): Case[] {
  return designs.map((design) => {
    const name = `${design.experts.length} gaussian experts of x, gate of x, n = 10000, one start`;
    return { topic: 'flexmix', name, measure: (run: Run) => linesVersusFlexmix(design, name, run) };
  });
}

function linesVersusFlexmix(
  { name, low, high, gate, experts, sigma }: (typeof designs)[number],
  title: string,
  { quick }: Run,
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
  // As a program that fits many tables has them: what they declare is held to their formulas once.
  const [router, expert] = [softmax(), linear()];
  const fit = () =>
    fitMaximumLikelihood({
      gate: router,
      expert,
      experts: experts.length,
      data,
      initial: { clusters },
    });
  const columns = { y: response, x, cluster: clusters };
  const theirs = { columns, formula: 'y ~ x', model: 'FLXMRglm()', gate: '~ x' };
  return versusFlexmix(title, fit, theirs, quick ? 1 : 5);
}
