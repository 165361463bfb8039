import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, gatedFfn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import {
  cosineRouter,
  hierarchical,
  mlpRouter,
  noisyTopK,
  sigmoid,
  softmax,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { counterexamples, functionDistance, type RatesOptions, rates } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { drawnMixture, inputs } from '../mixtures.ts';

const ridge = (activation: 'gelu' | 'tanh' | 'relu') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });
const proved = 'proved in the paper';
const contradicted = 'contradicted by our check';
const slow = 'slower than any polynomial';

function lookup(gate: Gate, expert: Expert, quantity: string, rest: Partial<RatesOptions> = {}): string[] {
  const found = rates({ gate, expert, ...rest }).rates.find((entry) => entry.quantity === quantity);
  return found ? [found.rate, found.status] : [];
}

/** Cells of the published tables, and of the checks that contradict them. */
const theoryTopK = topK({ k: 2, biasInSelection: false });
const general = (outputActivation: 'tanh' | 'softplus') =>
  temperature({ router: mlpRouter({ hiddenUnits: [], outputActivation }) });
const [tanhRouter, softplusRouter] = [general('tanh'), general('softplus')];
const table: [string, Gate, Expert, string[], string[]][] = [
  ['softmax, gelu', softmax(), ridge('gelu'), ['n^(-1/2)', proved], ['n^(-1/4)', proved]],
  ['softmax, linear', softmax(), linear(), ['unknown', 'not covered'], [slow, proved]],
  ['softmax, relu', softmax(), ridge('relu'), ['unknown', 'not covered'], ['none', 'not covered']],
  [
    'softmax, ffn',
    softmax(),
    ffn({ hiddenUnits: 4, activation: 'gelu' }),
    ['unknown', 'not covered'],
    ['none', contradicted],
  ],
  [
    'softmax, ffn of relu',
    softmax(),
    ffn({ hiddenUnits: 4, activation: 'relu' }),
    ['unknown', 'not covered'],
    ['none', 'not covered'],
  ],
  [
    'softmax, gated',
    softmax(),
    gatedFfn({ hiddenUnits: 2 }),
    ['unknown', 'not covered'],
    ['none', 'not covered'],
  ],
  [
    'softmax, lines without bias',
    softmax(),
    linear({ useBias: false }),
    ['unknown', 'not covered'],
    ['none', 'not covered'],
  ],
  [
    'softmax, tanh without bias',
    softmax(),
    ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false, useBias: false }),
    ['unknown', 'not covered'],
    ['unknown', 'not covered'],
  ],
  [
    'hierarchical, relu',
    hierarchical({ groups: 2 }),
    ridge('relu'),
    ['unknown', 'not covered'],
    ['none', 'not covered'],
  ],
  [
    'top-K, lines without bias',
    theoryTopK,
    linear({ useBias: false }),
    ['unknown', 'not covered'],
    ['unknown', 'not covered'],
  ],
  ['softmax, polynomial', softmax(), polynomial(), ['unknown', 'not covered'], [slow, proved]],
  ['softmax, constant', softmax(), constant(), ['unknown', 'not covered'], [slow, proved]],
  [
    'fixed temperature, gelu',
    temperature({ learned: false }),
    ridge('gelu'),
    ['n^(-1/2)', proved],
    ['n^(-1/4)', proved],
  ],
  ['temperature, gelu', temperature(), ridge('gelu'), [slow, proved], [slow, proved]],
  ['general router, gelu', tanhRouter, ridge('gelu'), ['n^(-1/2)', proved], ['n^(-1/4)', proved]],
  // Theorem 4 is about two different activations, of those that are named.
  ['general router, tanh', tanhRouter, ridge('tanh'), ['unknown', 'not covered'], ['unknown', 'not covered']],
  [
    'softplus router, tanh',
    softplusRouter,
    ridge('tanh'),
    ['unknown', 'not covered'],
    ['unknown', 'not covered'],
  ],
  ['general router, linear', tanhRouter, linear(), ['unknown', 'not covered'], ['none', 'not covered']],
  [
    'hierarchical, gelu',
    hierarchical({ groups: 2 }),
    ridge('gelu'),
    ['n^(-1/2)', proved],
    ['n^(-1/4)', proved],
  ],
  ['hierarchical, linear', hierarchical({ groups: 2 }), linear(), ['unknown', 'not covered'], [slow, proved]],
  ['sigmoid, gelu', sigmoid(), ridge('gelu'), ['n^(-1/2)', proved], ['n^(-1/4)', proved]],
  ['sigmoid, polynomial', sigmoid(), polynomial(), ['unknown', 'not covered'], [slow, proved]],
  ['sigmoid, relu', sigmoid(), ridge('relu'), ['unknown', 'not covered'], ['none', contradicted]],
  ['top-K, linear', theoryTopK, linear(), ['n^(-1/2)', proved], ['n^(-1/8)', proved]],
  ['top-K, gelu', theoryTopK, ridge('gelu'), ['unknown', 'not covered'], ['unknown', 'not covered']],
];

describe('the published tables', () => {
  test.each(table)('%s', (_name, gate, expert, exact, over) => {
    expect(lookup(gate, expert, 'exact atoms')).toEqual(exact);
    expect(lookup(gate, expert, 'over-fitted atoms')).toEqual(over);
    expect(lookup(gate, expert, 'over-fitted atoms', { overSpecified: false })).toEqual([]);
    expect(lookup(gate, expert, 'experts')).toEqual(over);
    for (const { source, counterexample } of rates({ gate, expert }).rates) {
      expect(source).toMatch(/arXiv:\d{4}\.\d{5}/);
      if (counterexample !== undefined) expect(counterexamples).toHaveProperty(counterexample);
    }
  });

  test('Regime 2 of the sigmoid gate', () => {
    const over = (expert: Expert) => lookup(sigmoid(), expert, 'over-fitted atoms', { regime: 2 });
    expect(over(ridge('gelu'))).toEqual(['n^(-1/2)', proved]);
    for (const expert of [ridge('relu'), polynomial(), linear()])
      expect(over(expert)).toEqual(['none', contradicted]);
    expect(over(constant())).toEqual([slow, proved]);
    expect(lookup(sigmoid(), constant(), 'exact atoms', { regime: 2 })).toEqual(['unknown', 'not covered']);
    expect(over(gatedFfn({ hiddenUnits: 2 }))).toEqual(['none', 'not covered']);
    for (const expert of [ridge('relu'), polynomial(), linear(), constant(), gatedFfn({ hiddenUnits: 2 })]) {
      const found = rates({ gate: sigmoid(), expert, regime: 2 }).rates;
      expect(found.find(({ quantity }) => quantity === 'over-fitted atoms')?.counterexample).toBe(
        'amplitudeSplit',
      );
    }
  });

  test('what a promise needs besides is said', () => {
    const note = (gate: Gate) =>
      rates({ gate, expert: ridge('gelu') }).rates.find(({ quantity }) => quantity === 'over-fitted atoms')
        ?.note;
    expect(note(softmax())).toContain('commonTilt');
    expect(note(hierarchical({ groups: 2 }))).toContain('first level at n^(-1/2)');
    expect(note(tanhRouter)).toContain('Definition 2');
    expect(note(sigmoid())).not.toContain('commonTilt');
    const [, scale] = rates({ gate: temperature(), expert: linear() }).rates;
    expect(scale?.source).toContain('2401.13875');
    expect(scale?.counterexample).toBe('rescaledTemperature');
  });

  test('top-K: r-bar by the size of the cell, and the rule for K-bar', () => {
    const of = (cell: number) => rates({ gate: theoryTopK, expert: linear(), cell }).rates;
    expect(of(3).find(({ quantity }) => quantity === 'over-fitted atoms')).toMatchObject({
      rate: 'n^(-1/12)',
      latex: 'n^{-1/12}',
    });
    expect(of(5).find(({ quantity }) => quantity === 'over-fitted atoms')).toMatchObject({
      rate: 'n^(-1/20)',
      latex: 'n^{-1/20}',
      note: expect.stringContaining('r-bar(5) is 10, by our own proof'),
    });
    expect(of(2)[0]?.note).toContain('warning: fit with K-bar');
    for (const { counterexample } of of(2)) expect(counterexample).toBeUndefined();
  });
});

describe('what is said to be contradicted is contradicted', () => {
  const rows = inputs(2);

  test.each([
    [ridge('relu'), ['layer_1/kernel', 'layer_1/bias']],
    [ffn({ hiddenUnits: 3, activation: 'gelu' }), ['layer_2/kernel', 'layer_2/bias']],
  ] as const)('homogeneous experts %#', (expert, parameters) => {
    const { rates: found } = rates({ gate: softmax(), expert });
    const entry = found.find(({ quantity }) => quantity === 'over-fitted atoms');
    expect(entry).toMatchObject({ rate: 'none', counterexample: expect.stringContaining('Split') });
    const example = counterexamples.scaleSplit(drawnMixture(softmax(), expert, 2, 2), { parameters });
    expect(functionDistance(example, rows)).toBeLessThan(1e-14);
  });

  test('routers that end with relu', () => {
    const gate = temperature({
      router: mlpRouter({ hiddenUnits: 2, activation: 'tanh', outputActivation: 'relu' }),
    });
    const [, entry] = rates({ gate, expert: ridge('gelu') }).rates;
    expect(entry).toMatchObject({
      status: 'not covered',
      rate: 'none',
      counterexample: 'rescaledTemperature',
    });
    const parameters = ['router/layer_2/kernel', 'bias', 'temperature'];
    const truth = drawnMixture(gate, ridge('gelu'), 2, 3);
    const example = counterexamples.rescaledTemperature(truth, { parameters });
    expect(functionDistance(example, rows)).toBeLessThan(1e-14);
  });
});

test('everything else is not covered', () => {
  const others: [Gate, Expert][] = [
    [softmax({ router: cosineRouter() }), linear()],
    [noisyTopK({ k: 1 }), linear()],
    [topK({ k: 2 }), linear()],
    [topK({ k: 1, biasInSelection: false }), linear()],
    [sigmoid({ normalize: true }), linear()],
    [temperature({ threshold: 0.1 }), linear()],
    [temperature({ router: mlpRouter({ hiddenUnits: 2, activation: 'relu' }) }), linear()],
  ];
  for (const [gate, expert] of others) {
    const { gate: name, rates: found } = rates({ gate, expert });
    expect(name).toBe('other');
    expect(found.every(({ status }) => status === 'not covered')).toBe(true);
  }
  const deep = ffn({ hiddenUnits: 2, activation: 'tanh', outputWeights: false });
  expect(lookup(softmax(), deep, 'exact atoms')).toEqual(['unknown', 'not covered']);
  const direction = normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
  expect(rates({ gate: softmax(), expert: direction }).expert).toBe('smooth');
});

test('configs and kinds are as good as objects', () => {
  const asked = rates({ gate: topK({ k: 1 }), expert: linear() });
  expect(rates({ gate: { kind: 'topK', k: 1 }, expert: { kind: 'linear' } })).toEqual(asked);
  expect(rates({ gate: { kind: 'topK', k: 1 }, expert: 'linear' })).toEqual(asked);
});

test('bad input is refused', () => {
  const gate = softmax();
  expect(() => rates({ gate: linear() as unknown as Gate, expert: linear() })).toThrow(
    '[tfjs-moe] rates: gate: expected a gate, got the expert "linear"',
  );
  expect(() => rates({ gate, expert: linear(), regime: 3 as 1 })).toThrow('regime must be');
  expect(() => rates({ gate, expert: linear(), overspecified: true } as RatesOptions)).toThrow(
    'unknown option',
  );
});
