import { type Freedom, mapNames } from '@tfjs-moe/core';
import {
  cosineRouter,
  euclideanRouter,
  groupLimitedTopK,
  hierarchical,
  mlpRouter,
  sigmoid,
  softmax,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { fixedCopies, gateGauge } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { builtInGates } from '../built-ins.ts';
import { squares } from '../squares.ts';
import { wrappedGate } from '../wrapped.ts';

const names = (gate: Parameters<typeof fixedCopies>[0], experts = 4) =>
  fixedCopies(gate, 2, experts)
    .map(({ name, copy }) => `${name}#${copy}`)
    .sort();

test('of a softmax the last bias, and what all scores may be shifted in', () => {
  expect(names(softmax())).toEqual(['bias#3', 'router/kernel#3']);
  expect(names(temperature({ useBias: false }))).toEqual(['router/kernel#3']);
  expect(names(softmax({ router: cosineRouter() }))).toEqual(['bias#3']);
  const shared = mlpRouter({ hiddenUnits: 2, shared: true, outputActivation: 'identity' });
  expect(names(softmax({ router: shared }))).toEqual(['bias#3', 'router/layer_2/kernel#3']);
});

test('centres move together where a bias makes up for it, and no selection sees them', () => {
  const router = euclideanRouter();
  expect(names(softmax({ router }))).toEqual(['bias#3', 'router/center#3']);
  expect(names(softmax({ router, useBias: false }))).toEqual([]);
  expect(names(topK({ router }))).toEqual(['bias#3', 'router/center#3']);
  expect(names(topK({ router, biasInSelection: false }))).toEqual(['bias#3']);
});

test('a level and group at a time', () => {
  expect(names(hierarchical({ groups: 2, inner: topK({ k: 1 }) }))).toEqual([
    'inner/bias#1',
    'inner/bias#3',
    'inner/router/kernel#1',
    'inner/router/kernel#3',
    'outer/bias#1',
    'outer/router/kernel#1',
  ]);
  expect(names(hierarchical({ groups: 2, outer: sigmoid(), inner: sigmoid() }))).toEqual([]);
});

test.each(builtInGates())('the same of %s as somebody else would write it', (_name, gate) => {
  expect(names(wrappedGate(gate))).toEqual(names(gate));
});

test('as declared where a gate has no form, and nothing where none is found', () => {
  expect(names(squares())).toEqual([]);
  const scale: Freedom = {
    fixed: [{ name: 'bias', copy: 0 }],
    move: (numbers, [t = 0]) => {
      const by = (numbers.bias![0]! + t) / numbers.bias![0]!;
      return mapNames(numbers, (values) => values.map((value) => by * value));
    },
  };
  expect(names(squares({ gauge: () => [scale] }))).toEqual(['bias#0']);
});

test('of a gate without a form those of the form that it sees as much of', () => {
  expect(names(temperature({ threshold: 0.1 }))).toEqual(['bias#3', 'router/kernel#3']);
  const tree = hierarchical({ groups: 2, inner: softmax({ useBias: false }) });
  expect(names(topK({ k: 3, weighting: tree }), 6)).toEqual([
    'inner/router/kernel#2',
    'inner/router/kernel#5',
    'outer/bias#1',
    'outer/router/kernel#1',
  ]);
});

test('found where nothing is known, if adding the same to all copies gives the same expression', () => {
  const gate = groupLimitedTopK({ groups: 2 });
  expect(gateGauge(gate, 2, 4).isKnown).toBe(false);
  expect(names(gate)).toEqual(['bias#3', 'router/kernel#3']);
});
