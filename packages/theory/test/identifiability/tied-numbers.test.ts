/** Ties of single numbers, against the rank of the Jacobian of the restricted function by formulas and differences of our own. */
import { defineExpert, type Expert, type Gate, stream } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import { decide, identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { jacobianFamily } from '../../src/families/jacobian.ts';
import { restricted } from '../../src/identifiability/restriction.ts';
import { genericMeasure } from '../../src/mixture/draws.ts';

const tanh = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });

/** Numbers by their names in relations. */
type Numbers = Readonly<Record<string, number>>;

interface Model {
  readonly gate: Gate;
  readonly expert: Expert;
  readonly experts: number;
  readonly inputDim: number;
  weights(p: Numbers, x: readonly number[]): number[];
  output(p: Numbers, x: readonly number[], e: number): number;
}

const softmaxOf = (z: readonly number[]) => {
  const all = z.map(Math.exp);
  const sum = all.reduce((a, b) => a + b);
  return all.map((m) => m / sum);
};

const score = (p: Numbers, x: readonly number[], e: number, path = '') =>
  x.reduce((z, u, i) => z + u * p[`gate/${path}router/kernel[${i}]#${e}`]!, p[`gate/${path}bias[0]#${e}`]!);

const dense = (experts: number, activation: 'linear' | 'tanh') => ({
  experts,
  expert: activation === 'linear' ? linear() : tanh,
  output(p: Numbers, x: readonly number[], e: number) {
    const [kernel, bias] = activation === 'linear' ? ['kernel', 'bias'] : ['layer_1/kernel', 'layer_1/bias'];
    const z = x.reduce(
      (sum, u, i) => sum + u * p[`expert/${kernel}[${i},0]#${e}`]!,
      p[`expert/${bias}[0]#${e}`]!,
    );
    return activation === 'linear' ? z : Math.tanh(z);
  },
});

const scores = (p: Numbers, x: readonly number[], experts: number) =>
  Array.from({ length: experts }, (_, e) => score(p, x, e));

const models: Readonly<Record<string, Model>> = {
  'softmax, lines': {
    ...dense(3, 'linear'),
    inputDim: 1,
    gate: softmax(),
    weights: (p, x) => softmaxOf(scores(p, x, 3)),
  },
  'softmax, tanh of two inputs': {
    ...dense(2, 'tanh'),
    inputDim: 2,
    gate: softmax(),
    weights: (p, x) => softmaxOf(scores(p, x, 2)),
  },
  'temperature, lines': {
    ...dense(2, 'linear'),
    inputDim: 1,
    gate: temperature(),
    weights: (p, x) => softmaxOf(scores(p, x, 2).map((z) => z / p['gate/temperature[0]']!)),
  },
  'sigmoid, lines': {
    ...dense(2, 'linear'),
    inputDim: 1,
    gate: sigmoid(),
    weights: (p, x) => scores(p, x, 2).map((z) => 1 / (1 + Math.exp(-z))),
  },
  'two groups, tanh': {
    ...dense(4, 'tanh'),
    inputDim: 1,
    gate: hierarchical({ groups: 2 }),
    weights(p, x) {
      const outer = softmaxOf([0, 1].map((g) => score(p, x, g, 'outer/')));
      const inner = [0, 1].map((g) => softmaxOf([0, 1].map((m) => score(p, x, 2 * g + m, 'inner/'))));
      return inner.flatMap((group, g) => group.map((w) => w * outer[g]!));
    },
  },
};

const INPUTS = 80;

/** Columns: derivatives of values at many inputs in each parameter, numbers that are tied being one. */
function columnsOf(
  values: (p: Numbers) => number[],
  p: Numbers,
  classes: readonly (readonly string[])[],
): number[][] {
  const at = (members: readonly string[], t: number) =>
    values({ ...p, ...Object.fromEntries(members.map((name) => [name, p[name]! + t])) });
  const central = (members: readonly string[], h: number) => {
    const [up, down] = [at(members, h), at(members, -h)];
    return up.map((value, i) => (value - down[i]!) / (2 * h));
  };
  return classes.map((members) => {
    const [coarse, fine] = [central(members, 2e-3), central(members, 1e-3)];
    return fine.map((value, i) => (4 * value - coarse[i]!) / 3);
  });
}

/** The rank by elimination; nothing where no gap tells it. */
function rankOf(columns: readonly (readonly number[])[]): number | undefined {
  const size = (of: readonly number[]) => Math.sqrt(of.reduce((sum, value) => sum + value * value, 0));
  let rest = columns
    .filter((column) => size(column) > 1e-7)
    .map((column) => column.map((v) => v / size(column)));
  let rank = 0;
  for (; rest.length > 0; rank++) {
    const longest = rest.reduce((best, column) => (size(column) > size(best) ? column : best));
    const length = size(longest);
    if (length < 1e-8) return rank;
    if (length < 1e-6) return undefined;
    const unit = longest.map((value) => value / length);
    rest = rest
      .filter((column) => column !== longest)
      .map((column) => {
        const along = column.reduce((sum, value, i) => sum + value * unit[i]!, 0);
        return column.map((value, i) => value - along * unit[i]!);
      });
  }
  return rank;
}

/** Parameters by the names of their numbers. */
function named(
  part: string,
  specs: Readonly<Record<string, { shape: readonly number[]; copies: number }>>,
  numbers: Readonly<Record<string, readonly number[]>>,
): Numbers {
  return Object.fromEntries(
    Object.entries(specs).flatMap(([name, { shape, copies }]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return numbers[name]!.map((value, i) => {
        const place =
          shape.length === 2 ? `${Math.floor((i % size) / shape[1]!)},${i % shape[1]!}` : `${i % size}`;
        return [`${part}/${name}[${place}]${copies > 1 ? `#${Math.floor(i / size)}` : ''}`, value] as const;
      });
    }),
  );
}

/** The names of all numbers of a model. */
function namesOf({ gate, expert, inputDim, experts }: Model): string[] {
  const zeros = (specs: object) => mapped(specs as never);
  const [ofGate, one] = [gate.params(inputDim, experts), expert.params(inputDim, 1)];
  const ofExpert = Object.fromEntries(
    Object.entries(one).map(([name, spec]) => [name, { ...spec, copies: experts }]),
  );
  return [
    ...Object.keys(named('gate', ofGate as never, zeros(ofGate))),
    ...Object.keys(named('expert', ofExpert as never, zeros(ofExpert))),
  ];
}

const mapped = (specs: Readonly<Record<string, { shape: readonly number[]; copies: number }>>) =>
  Object.fromEntries(
    Object.entries(specs).map(([name, { shape, copies }]) => [
      name,
      Array.from({ length: copies * shape.reduce((a, b) => a * b, 1) }, () => 0),
    ]),
  );

/** What our formulas say: functions that are left of the gauge, and how many of them are independent. */
function oracle(model: Model, tied: readonly string[], seed: number) {
  const { gate, expert, inputDim, experts } = model;
  const shape = genericMeasure(restricted('test', { gate, expert, inputDim, experts }, { tied }), seed);
  const { gateParams, expertParams } = shape;
  const one = expert.params(inputDim, 1);
  const ofExpert = Object.fromEntries(
    Object.entries(one).map(([name, spec]) => [name, { ...spec, copies: experts }]),
  );
  const p = {
    ...named('gate', gate.params(inputDim, experts) as never, gateParams),
    ...named('expert', ofExpert as never, expertParams),
  };
  const classOf = new Map(Object.keys(p).map((name) => [name, new Set([name])]));
  for (const text of tied) {
    const sides = text.split(' = ');
    const all = new Set(sides.flatMap((side) => [...classOf.get(side)!]));
    for (const name of all) classOf.set(name, all);
  }
  const classes = [...new Set(classOf.values())].map((names) => [...names]);
  const random = stream(7, 'inputs');
  const inputs = Array.from({ length: INPUTS }, () =>
    Array.from({ length: inputDim }, () => 2.5 * random.normal()),
  );
  const outputs = (q: Numbers, x: readonly number[]) =>
    Array.from({ length: experts }, (_, e) => model.output(q, x, e));
  const f = (q: Numbers) =>
    inputs.map((x) => {
      const h = outputs(q, x);
      return model.weights(q, x).reduce((sum, w, e) => sum + w * h[e]!, 0);
    });
  const parts = (q: Numbers) => inputs.flatMap((x) => [...model.weights(q, x), ...outputs(q, x)]);
  return {
    shape,
    rank: rankOf(columnsOf(f, p, classes)),
    // What neither a weight nor an expert sees, which for these experts is the gauge, and the temperature.
    seen: rankOf(columnsOf(parts, p, classes)),
    classes: classes.length,
  };
}

describe.each(Object.entries(models))('random ties under %s', (name, model) => {
  const names = namesOf(model).filter((label) => !label.includes('temperature'));
  test.each(name.startsWith('two groups') ? [0] : [0, 1, 2])('%i', (seed) => {
    const random = stream(seed, name);
    const pick = () => names[random.integer(names.length)]!;
    const tied = Array.from({ length: 1 + random.integer(3) }, () => `${pick()} = ${pick()}`).filter(
      (text) => new Set(text.split(' = ')).size > 1,
    );
    const { shape, rank, seen } = oracle(model, tied, seed);
    const jacobian = jacobianFamily(shape);
    const functions = jacobian.labels.length;
    const firstOrder = decide(jacobian);
    const said =
      firstOrder.verdict === 'dependent'
        ? firstOrder.remaining.length
        : firstOrder.verdict === 'independent'
          ? functions
          : undefined;
    expect([tied, said]).toEqual([tied, rank]);
    // A learned temperature is judged: it is a relation, and no gauge.
    if (!name.startsWith('temperature')) expect([tied, functions]).toEqual([tied, seen]);
  });
});

describe('the second order', () => {
  /** tanh(u (x1 + x2) + b) */
  const ofSum = defineExpert('ofSum', () => ({
    config: {},
    params: () => ({
      slope: { shape: [1, 1], initializer: 'zeros' as never },
      bias: { shape: [1], initializer: 'zeros' as never },
    }),
    apply(ops, x, p) {
      const sum = ops.add(ops.take(x, [0]), ops.take(x, [1]));
      return ops.affine(sum, p.slope!, p.bias!, 'tanh');
    },
  }))();
  const verdictOf = (options: object) => {
    const { firstOrder, secondOrder } = identifiability({
      gate: softmax(),
      inputDim: 2,
      experts: 2,
      budget: 3000,
      ...options,
    } as never);
    return [firstOrder.verdict, secondOrder.verdict, 'raise' in secondOrder ? secondOrder.raise : ''];
  };
  const slopes = (name: string) => [0, 1].map((e) => `expert/${name}[0,0]#${e} = expert/${name}[1,0]#${e}`);

  test('of an expert with tied numbers is that of one written with a single number', () => {
    const own = verdictOf({ expert: ofSum });
    expect(own).toEqual(['independent', 'independent', '']);
    expect(verdictOf({ expert: tanh, tied: slopes('layer_1/kernel') })).toEqual(own);
  });

  test('what all atoms have in common is the same by its numbers', () => {
    const asked = { expert: linear(), inputDim: 1 };
    const whole = verdictOf({ ...asked, tied: ['expert/bias'] });
    expect(whole.slice(0, 2)).toEqual(['independent', 'dependent']);
    expect(verdictOf({ ...asked, tied: ['expert/bias[0]'] })).toEqual(whole);
    expect(verdictOf({ ...asked, tied: ['expert/bias#0 = expert/bias#1'] })).toEqual(whole);
  });

  test('no mass is split that is another number too', () => {
    const [, , raise] = verdictOf({ expert: tanh, tied: ['gate/bias#0 = expert/layer_1/bias#1'] });
    expect(raise).toContain('the mass of atom 1 is tied to a number that is no mass');
    const [, , sigmoids] = verdictOf({ gate: sigmoid(), expert: tanh, tied: ['gate/bias'] });
    expect(sigmoids).toContain('those of atom 1 are known or tied');
  });
});
