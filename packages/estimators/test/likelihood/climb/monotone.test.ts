import { stream } from '@tfjs-moe/core';
import { constant, ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { climb } from '../../../src/likelihood/climb/climb.ts';
import { emMove } from '../../../src/likelihood/climb/em-step.ts';
import { firstStep } from '../../../src/likelihood/climb/first-step.ts';
import { climbSelecting } from '../../../src/likelihood/climb/selection/climb-selecting.ts';
import { startOf } from '../../../src/likelihood/climb/starts.ts';
import { emPass } from '../../../src/likelihood/passes/em-pass.ts';
import { mixtureRows } from '../../../src/likelihood/passes/mixture-rows.ts';
import { logLikelihoodAt } from '../../../src/likelihood/passes/value-pass.ts';
import { initialMeasure } from '../../../src/likelihood/problem/initial-measure.ts';
import { makeProblem } from '../../../src/likelihood/problem/make-problem.ts';
import { columnsOfSample, sortedByGroup } from '../../../src/sample.ts';
import { families } from '../families.ts';

const gates = [
  // In parts, so that none of them is long.
  ...Array.from({ length: 6 }, (_, part) => ({ gate: softmax(), first: 50 * part, problems: 50 })),
  { gate: topK({ k: 2 }), first: 0, problems: 6 },
  { gate: switchGate(), first: 0, problems: 12 },
  { gate: sigmoid({ normalize: true }), first: 0, problems: 6 },
  { gate: temperature(), first: 0, problems: 6 },
  { gate: hierarchical({ groups: 2 }), first: 0, problems: 3 },
];

/** A random small sample of a random kind, and a random model for it, right or wrong. */
function drawn(gate: (typeof gates)[number]['gate'], index: number) {
  const random = stream(11, gate.kind, index);
  const n = 8 + random.integer(40);
  const inputDim = 1 + random.integer(2);
  const inputs = Array.from({ length: n }, () => Array.from({ length: inputDim }, () => random.normal()));
  const { family, respond, trials, classes = 1 } = families[random.integer(families.length)]!;
  const response = inputs.map(([x]) => respond(Math.abs(x!) + (random.uniform() < 0.5 ? 1 : -1), random));
  const experts = gate.kind === 'hierarchical' ? 4 : 2 + random.integer(2);
  const general = random.uniform() < 0.05;
  const kinds = [
    linear(),
    constant(),
    ...(general ? [ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false })] : []),
  ];
  const shape = {
    gate,
    expert: kinds[random.integer(kinds.length)]!,
    experts,
    inputDim,
    units: classes,
  };
  const isGrouped = gate.kind !== 'topK' && gate.kind !== 'switchGate' && random.uniform() < 0.3;
  const groups = inputs.map((_, i) => Math.floor(i / 3));
  const columns = columnsOfSample('test', {
    inputs: isGrouped ? groups.map((first) => inputs[3 * first]!) : inputs,
    response,
    ...(isGrouped && { groups }),
    ...(trials !== undefined && { trials: response.map(() => trials) }),
    ...(classes === 1 && random.uniform() < 0.3 && { offset: response.map(() => random.normal()) }),
  });
  const { data } = sortedByGroup(columns);
  const problem = makeProblem({
    who: 'test',
    shape,
    data,
    family,
    variances: random.uniform() < 0.5 ? 'own' : 'common',
    minVariance: 1e-6,
    seed: index,
  });
  const evaluate = mixtureRows(problem);
  const { coordinates, layout } = problem;
  const origin = problem.isLeastSquares
    ? new Float64Array(coordinates.size)
    : coordinates.fromNumbers(layout.numbersOf(initialMeasure(shape, index)));
  const from = (start: number) =>
    firstStep(problem, evaluate, origin, startOf('random', data, experts, 11, start));
  return { problem, evaluate, from };
}

let last: { key: string; made: ReturnType<typeof drawn> } | undefined;

/** One problem serves several starts. */
function problemOf(gate: (typeof gates)[number]['gate'], index: number) {
  const key = `${gate.kind} ${index}`;
  if (last?.key !== key) last = { key, made: drawn(gate, index) };
  return last.made;
}

describe('EM', () => {
  test.each(gates)(
    'never lowers the likelihood: $problems random problems from $first on under $gate.kind, 5 starts each',
    ({ gate, first, problems }) => {
      for (let index = 5 * first; index < 5 * (first + problems); index++) {
        const { problem, evaluate, from } = problemOf(gate, Math.floor(index / 5));
        const start = from(index);
        const by = problem.selection === undefined ? climb : climbSelecting;
        const result = by(problem, evaluate, start, { tolerance: 1e-8, maxIterations: 40 });
        // Independent of what the climb recorded: the likelihood at its ends.
        const [begin, end] = [start, result.at].map((at) => logLikelihoodAt(problem, evaluate, at)) as [
          number,
          number,
        ];
        expect(end).toBeGreaterThanOrEqual(begin - 1e-9 * (1 + Math.abs(begin)));
        expect(Number.isFinite(end)).toBe(true);
        expect(end).toBeCloseTo(result.value, 6);
        // One claim for all steps: a claim each would cost more than the climb.
        const isHigher = (value: number, i: number) =>
          i === 0 || value >= result.history[i - 1]! - 1e-11 * (100 + Math.abs(value));
        expect(result.history.findIndex((value, i) => !isHigher(value, i))).toBe(-1);
      }
    },
  );

  test('needs no shortening where the experts are linear and the gate is at rest: a full step never falls', () => {
    for (let index = 0; index < 100; index++) {
      const { problem, evaluate, from } = drawn(gates[0]!.gate, index);
      if (!problem.isLeastSquares) continue;
      const start = from(index);
      const sums = emPass(problem, evaluate, start);
      const still = { ...sums, gate: { ...sums.gate, gradient: sums.gate.gradient.map(() => 0) } };
      const next = emMove(problem, start, still)(1);
      const after = logLikelihoodAt(problem, evaluate, next);
      expect(after).toBeGreaterThanOrEqual(sums.value - 1e-9 * (1 + Math.abs(sums.value)));
    }
  });
});
