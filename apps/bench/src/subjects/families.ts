/** Families of responses by maximum likelihood: against flexmix where it has them, and all of them at a million rows. */
import { type Stream, stream } from '@tfjs-moe/core';
import { fitMaximumLikelihood, type Sample } from '@tfjs-moe/estimators';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { getFamily } from '@tfjs-moe/measures';
import type { Row, Run } from '../subject.ts';
import { against, flexmix } from './flexmix.ts';

/** Experts on the scale of the outputs, and their dispersions; a gate of z that prefers each somewhere. */
const designs = {
  numbers: {
    experts: [
      [2, 1.5],
      [-1, -1],
      [0.5, 0.25],
    ],
    dispersions: [0.4, 0.3, 0.5],
  },
  logarithms: {
    experts: [
      [2, 0.6],
      [0.4, -0.5],
      [1.2, 0.1],
    ],
    dispersions: [6, 3, 9],
  },
  logits: {
    experts: [
      [1.5, 1],
      [-1.5, -0.6],
      [0, 0.4],
    ],
    dispersions: [1, 1, 1],
  },
} as const;
const gates = [
  [0.3, 1.6],
  [-0.2, -1.4],
  [0, 0],
] as const;

const families = [
  { family: 'gaussian', design: designs.numbers, formula: 'y ~ x', model: 'FLXMRglm()' },
  { family: 'poisson', design: designs.logarithms, formula: 'y ~ x', model: 'FLXMRglm(family = "poisson")' },
  {
    family: 'binomial',
    design: designs.logits,
    trials: 6,
    formula: 'cbind(y, trials - y) ~ x',
    model: 'FLXMRglm(family = "binomial")',
  },
  { family: 'negativeBinomial', design: designs.logarithms },
  { family: 'gamma', design: designs.logarithms },
  { family: 'studentT', design: designs.numbers },
  { family: 'laplace', design: designs.numbers },
] as const;

type Design = (typeof families)[number];

export async function familyRows({ quick, log }: Run): Promise<Row[]> {
  const rows: Row[] = [];
  for (const of of families) {
    if (!('model' in of)) continue;
    log(`${of.family} against flexmix, 2 experts`);
    rows.push(await versusFlexmix(of, quick ? 1 : 5));
  }
  if (quick) return rows;
  for (const of of families) {
    log(`${of.family}, 3 experts, n = 1000000`);
    rows.push(million(of));
  }
  return rows;
}

interface Drawn {
  readonly x: readonly number[];
  readonly z: readonly number[];
  readonly data: Sample;
}

function drawn(of: Design, experts: number, n: number, random: Stream): Drawn {
  const { design } = of;
  const trials = 'trials' in of ? of.trials : 1;
  const family = getFamily(of.family);
  const x = Array.from({ length: n }, () => random.normal());
  const z = Array.from({ length: n }, () => random.normal());
  const response = x.map((value, i) => {
    const noisy = gates.slice(0, experts).map(([start, slope]) => start + slope * z[i]! + random.gumbel());
    const e = noisy.indexOf(Math.max(...noisy));
    const [start, slope] = design.experts[e]!;
    return family.draw(
      { outputs: [start + slope * value], dispersion: design.dispersions[e]!, trials },
      random,
    );
  });
  const data = {
    inputs: x.map((value, i) => [value, z[i]!]),
    response,
    inputNames: ['x', 'z'],
    expertInputs: ['x'],
    gateInputs: ['z'],
    ...(trials > 1 && { trials: x.map(() => trials) }),
  };
  return { x, z, data };
}

async function versusFlexmix(of: Extract<Design, { readonly model: string }>, runs: number): Promise<Row> {
  const n = 10_000;
  const random = stream(7, 'bench', of.family);
  const { x, z, data } = drawn(of, 2, n, random);
  const clusters = x.map(() => random.integer(2));
  const fit = () =>
    fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts: 2,
      family: of.family,
      data,
      initial: { clusters },
    });
  const ours = fit();
  const times = Array.from({ length: 5 * runs }, () => {
    const start = performance.now();
    fit();
    return performance.now() - start;
  });
  const ms = Math.min(...times);
  const { formula, model } = of;
  const columns = {
    ...{ y: Array.from(data.response), x, z, cluster: clusters },
    ...(data.trials !== undefined && { trials: Array.from(data.trials) }),
  };
  return {
    case: `2 ${of.family} experts, y ~ x | z, n = ${n}, one start`,
    mode: 'maximum likelihood',
    spread: {},
    ms,
    iterations: ours.iterations.em + ours.iterations.newton,
    logLikelihood: ours.logLikelihood,
    ...against(ms, await flexmix({ columns, formula, model, gate: '~ z' }, runs)),
  };
}

function million(of: Design): Row {
  const n = 1_000_000;
  const { data } = drawn(of, 3, n, stream(8, 'bench', of.family));
  const start = performance.now();
  const fit = fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 3,
    family: of.family,
    data,
  });
  const ms = performance.now() - start;
  return {
    case: `3 ${of.family} experts, y ~ x | z, n = ${n}, 10 starts`,
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
