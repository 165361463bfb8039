import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import {
  cosineRouter,
  dselectK,
  hierarchical,
  mlpRouter,
  sigmoid,
  softmax,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { gateTraits, servable } from '@tfjs-moe/measures';
import { type InteractionName, type InteractionsOptions, interactions } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { builtInGates } from '../../../measures/test/built-ins.ts';

const ridge = (activation: 'gelu' | 'tanh' | 'relu') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });
const direction = normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false, epsilon: 0 });

const named = (options: InteractionsOptions, name: InteractionName) =>
  interactions(options).relations.filter((relation) => relation.name === name);
const textsOf = (options: InteractionsOptions, name: InteractionName) =>
  named(options, name).map(({ text }) => text);

describe('the equations of the paper are found, with names for coefficients, and proved at all parameters', () => {
  test.each([
    ['linear', linear(), 'expert/kernel[0,0]', 'expert/bias[0]'],
    ['gelu', ridge('gelu'), 'expert/layer_1/kernel[0,0]', 'expert/layer_1/bias[0]'],
  ] as const)('(9) for %s', (_name, expert, kernel, bias) => {
    const [found, ...others] = named({ gate: softmax(), expert, inputDim: 1 }, 'gate and expert');
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      text: `d_router/kernel[0] d_${bias} F = d_${kernel} F`,
      latex: '\\partial_{\\beta_{1}}\\,\\partial_{b}\\,F = \\partial_{a_{1}}\\,F',
      statement: 'd_beta d_b F = d_a F',
      kind: 'cross-order',
      general: 'formal ring',
      constant: true,
    });
    expect(found?.source).toContain('equation (9)');
  });

  test('(15), two inputs', () => {
    const [found] = named({ gate: temperature(), expert: ridge('tanh'), inputDim: 2 }, 'temperature scale');
    expect(found).toMatchObject({
      text:
        'd_temperature[0] F = -(router/kernel[0] / temperature[0]) d_router/kernel[0] F ' +
        '- (router/kernel[1] / temperature[0]) d_router/kernel[1] F',
      latex:
        '\\partial_{\\tau}\\,F = -\\tfrac{\\beta_{1}}{\\tau}\\,\\partial_{\\beta_{1}}\\,F ' +
        '- \\tfrac{\\beta_{2}}{\\tau}\\,\\partial_{\\beta_{2}}\\,F',
      general: 'formal ring',
      constant: false,
    });
  });

  test('(15) as numbers at the parameters that were drawn', () => {
    const { relations, parameters } = interactions({ gate: temperature(), expert: linear(), inputDim: 1 });
    const { label, coefficient } = relations.find(({ name }) => name === 'temperature scale')!.terms[0]!;
    expect(label).toMatchObject({ text: 'd_router/kernel[0] F' });
    const { numerator, denominator } = coefficient as { numerator: bigint; denominator: bigint };
    const expected = -parameters['router/kernel[0]']! / parameters['temperature[0]']!;
    expect(Number(numerator) / Number(denominator)).toBeCloseTo(expected, 14);
  });

  test('(28): both levels of a hierarchical softmax with a linear expert', () => {
    const options = { gate: [softmax(), softmax()], expert: linear(), inputDim: 1 };
    expect(textsOf(options, 'gate and expert')).toEqual([
      'd_router_1/kernel[0] d_expert/bias[0] F = d_expert/kernel[0,0] F',
      'd_router_2/kernel[0] d_expert/bias[0] F = d_expert/kernel[0,0] F',
    ]);
  });

  test('(28) of a hierarchical gate itself; every level has a temperature of its own', () => {
    const asked = { expert: linear(), inputDim: 1 };
    const ofLevels = interactions({ ...asked, gate: [softmax(), softmax()] });
    expect(interactions({ ...asked, gate: hierarchical({ groups: 2 }) })).toEqual(ofLevels);
    const gate = hierarchical({ groups: 2, outer: temperature(), inner: temperature() });
    expect(textsOf({ ...asked, gate }, 'temperature scale')).toEqual([
      'd_temperature_1[0] F = -(router_1/kernel[0] / temperature_1[0]) d_router_1/kernel[0] F',
      'd_temperature_2[0] F = -(temperature_1[0] router_2/kernel[0] / temperature_2[0]^2) d_router_1/kernel[0] F',
    ]);
  });

  test('with a temperature, (9) has a factor 1 / tau', () => {
    expect(textsOf({ gate: temperature(), expert: linear(), inputDim: 1 }, 'gate and expert')).toEqual([
      'd_router/kernel[0] d_expert/bias[0] F = (1 / temperature[0]) d_expert/kernel[0,0] F',
    ]);
  });
});

describe('a sigmoid is not an exponential', () => {
  const gate = sigmoid();

  test('(9) does not hold, and what holds in its place is found: one derivative is two', () => {
    const options = { gate, expert: linear(), inputDim: 1 };
    expect(textsOf(options, 'gate and expert')).toEqual([]);
    expect(textsOf(options, 'duplicate')).toContain(
      'd_router/kernel[0] d_expert/bias[0] F = d_bias[0] d_expert/kernel[0,0] F',
    );
    expect(interactions(options).symbols['bias[0]']).toBe('\\beta_{0}');
  });

  test('nor under a selection of sigmoids, or in a level', () => {
    for (const own of [topK({ weighting: gate }), hierarchical({ groups: 2, inner: sigmoid() })]) {
      const found = textsOf({ gate: own, expert: linear(), inputDim: 1 }, 'gate and expert');
      expect(found.filter((text) => !text.startsWith('d_router_1/'))).toEqual([]);
    }
  });
});

test.each(builtInGates())('%s: equations, or a refusal by name', (_name, gate) => {
  let found: ReturnType<typeof interactions> | undefined;
  try {
    found = interactions({ gate, expert: constant(), inputDim: 2, budget: 20 });
  } catch (error) {
    expect(String(error)).toMatch(/^MoeError: \[tfjs-moe\] interactions: weights must be shares/);
  }
  const { form } = gateTraits(gate, servable(gate));
  if (form !== undefined) expect(found).toBeDefined();
});

describe('the equations of an expert alone', () => {
  test('x_u d_b h = d_(a_u) h', () => {
    expect(textsOf({ expert: ridge('gelu'), inputDim: 2 }, 'input and bias')).toEqual([
      'x_1 d_expert/layer_1/bias[0] h = d_expert/layer_1/kernel[0,0] h',
      'x_2 d_expert/layer_1/bias[0] h = d_expert/layer_1/kernel[1,0] h',
    ]);
    expect(textsOf({ expert: ridge('gelu'), inputDim: 2 }, 'duplicate')).toEqual([
      'x_2 d_expert/layer_1/kernel[0,0] h = x_1 d_expert/layer_1/kernel[1,0] h',
    ]);
  });

  test('homogeneity: polynomial and ReLU, with their degrees', () => {
    const [polynomialOne] = named({ expert: polynomial({ degree: 3 }), inputDim: 1 }, 'homogeneity');
    expect(polynomialOne?.latex).toBe(
      '\\partial_{b}\\,h = \\tfrac{3}{b}\\,h - \\tfrac{a_{1}}{b}\\,\\partial_{a_{1}}\\,h',
    );
    const [relu] = named({ expert: ridge('relu'), inputDim: 1 }, 'homogeneity');
    expect(relu?.latex).toBe(
      '\\partial_{b}\\,h = \\tfrac{1}{b}\\,h - \\tfrac{a_{1}}{b}\\,\\partial_{a_{1}}\\,h',
    );
  });

  test('output scale: lambda d_lambda h = h and d2_lambda h = 0', () => {
    const expert = ffn({ hiddenUnits: 1, activation: 'gelu', useBias: false });
    expect(textsOf({ expert, inputDim: 1 }, 'output scale')).toEqual([
      'd_expert/layer_2/kernel[0,0] h = (1 / expert/layer_2/kernel[0,0]) h',
    ]);
    expect(textsOf({ expert, inputDim: 1 }, 'linear in a parameter')).toEqual([
      'd_expert/layer_2/kernel[0,0] d_expert/layer_2/kernel[0,0] h = 0',
    ]);
  });

  test('normalised input: sum of d2_(a_u) h = d2_b h', () => {
    expect(named({ expert: direction, inputDim: 3 }, 'normalised input').map(({ latex }) => latex)).toEqual([
      '\\partial_{b}\\,\\partial_{b}\\,h = \\partial_{a_{1}}\\,\\partial_{a_{1}}\\,h + ' +
        '\\partial_{a_{2}}\\,\\partial_{a_{2}}\\,h + \\partial_{a_{3}}\\,\\partial_{a_{3}}\\,h',
    ]);
  });
});

describe('every equation that is found is true', () => {
  // F = exp(beta x / tau) tanh(a x + b), its derivatives by hand.
  test('temperature with tanh, by hand', () => {
    const { relations, parameters } = interactions({
      gate: temperature(),
      expert: ridge('tanh'),
      inputDim: 1,
    });
    const { 'router/kernel[0]': beta, 'temperature[0]': tau } = parameters as Record<string, number>;
    const [a, b] = [parameters['expert/layer_1/kernel[0,0]']!, parameters['expert/layer_1/bias[0]']!];
    const gate = (x: number): Record<string, number> => {
      const e = Math.exp((beta! * x) / tau!);
      const [s, t] = [x / tau!, (-beta! * x) / tau! ** 2];
      const ts = -x / tau! ** 2;
      return { '': e, beta: s * e, tau: t * e, 'beta beta': s * s * e, 'beta tau': (ts + s * t) * e };
    };
    const expert = (x: number): Record<string, number> => {
      const h = Math.tanh(a * x + b);
      const [d, dd] = [1 - h * h, -2 * h * (1 - h * h)];
      return { '': h, a: x * d, b: d, 'a a': x * x * dd, 'a b': x * dd, 'b b': dd };
    };
    const letters: Record<string, string> = {
      'd_router/kernel[0]': 'beta',
      'd_temperature[0]': 'tau',
      'd_expert/layer_1/kernel[0,0]': 'a',
      'd_expert/layer_1/bias[0]': 'b',
    };
    const value = (text: string, x: number) => {
      const names = text.split(' ').flatMap((word) => letters[word] ?? []);
      const of = (part: Record<string, number>, own: readonly string[]) =>
        part[
          names
            .filter((name) => own.includes(name))
            .sort()
            .join(' ')
        ];
      return of(gate(x), ['beta', 'tau'])! * of(expert(x), ['a', 'b'])!;
    };
    const known = relations.filter(({ left }) => !Number.isNaN(value(left.text, 1)));
    expect(known.length).toBeGreaterThan(3);
    for (const { left, terms } of known) {
      for (const x of [-0.7, 0.3, 1.1]) {
        const right = terms.reduce((sum, { label, coefficient }) => {
          const { numerator, denominator } = coefficient as { numerator: bigint; denominator: bigint };
          return sum + (Number(numerator) / Number(denominator)) * value(label.text, x);
        }, 0);
        expect(right).toBeCloseTo(value(left.text, x), 12);
      }
    }
  });

  test.each([
    ['polynomial', softmax(), polynomial()],
    ['constant', softmax(), constant()],
    ['temperature', temperature(), ridge('gelu')],
    ['output weights', softmax(), ffn({ hiddenUnits: 1, activation: 'tanh' })],
  ] as [string, Gate, Expert][])('%s: all have names or follow from those', (_name, gate, expert) => {
    const { relations, rest } = interactions({ gate, expert, inputDim: 2 });
    expect(rest).toHaveProperty('sigmaMin');
    expect(relations.filter(({ name }) => name === 'unnamed')).toEqual([]);
    expect(relations.every(({ general }) => general === 'formal ring')).toBe(true);
  });
});

test('a cosine does not see the length of its kernel; coefficients that are no monomials stay numbers', () => {
  const { relations } = interactions({
    gate: softmax({ router: cosineRouter() }),
    expert: linear(),
    inputDim: 2,
  });
  expect(relations[0]).toMatchObject({
    name: 'router scale',
    text: 'd_router/kernel[1] F = -(router/kernel[0] / router/kernel[1]) d_router/kernel[0] F',
    general: 'formal ring',
  });
  const numbers = relations.filter(({ general }) => general === undefined);
  expect(numbers.length).toBeGreaterThan(0);
  expect(new Set(numbers.map(({ name }) => name))).toEqual(new Set(['unnamed']));
});

test('a bounded router interacts with nothing', () => {
  const router = mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });
  const gate = temperature({ router });
  const found = interactions({ gate, expert: ridge('gelu'), inputDim: 1 });
  expect(found).toMatchObject({ verdict: 'independent', relations: [] });
});

test('configs and kinds are as good as objects', () => {
  const asked = interactions({ gate: softmax(), expert: linear(), inputDim: 1 });
  expect(interactions({ gate: [{ kind: 'softmax' }], expert: 'linear', inputDim: 1 })).toEqual(asked);
});

test('bad input is refused', () => {
  const expert = linear();
  expect(() => interactions({ gate: expert as unknown as Gate, expert, inputDim: 1 })).toThrow(
    '[tfjs-moe] interactions: gate: expected a gate, got the expert "linear"',
  );
  expect(() => interactions({ gate: dselectK(), expert, inputDim: 1 })).toThrow(
    '[tfjs-moe] interactions: weights must be shares of exponentials or sigmoids of the scores of one router for each level. Received: "dselectK"',
  );
  expect(() => interactions({ gate: softmax(), expert, inputDim: 0 })).toThrow('inputDim');
  expect(() => interactions({ gates: softmax(), expert, inputDim: 1 } as never)).toThrow('unknown option');
});
