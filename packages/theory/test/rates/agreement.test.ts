import { expect, test } from 'vitest';
import { experts, gates, pairs } from '../table.ts';
import { faultsOfCard, faultsOfRates } from './agreement.ts';

/** A third of the table, so that every gate and every expert has its turn; `scripts/agreement.mjs` asks all of it. */
const some = pairs.filter((_, i) => i % 3 === 1);

test('the sample has every gate and every expert', () => {
  expect(new Set(some.map(([gate]) => gate)).size).toBe(Object.keys(gates).length);
  expect(new Set(some.map(([, expert]) => expert)).size).toBe(Object.keys(experts).length);
});

test('what rates and counterexamples say of the same pair agrees', () => {
  expect(some.flatMap(([gate, expert]) => faultsOfRates(gate, expert))).toEqual([]);
});

test.each([
  ['softmax', 'linear'],
  ['temperature', 'gelu'],
  // One input has no direction but its sign.
  ['sigmoid', 'direction gelu'],
  // One expert in each group.
  ['hierarchical', 'tanh'],
])('so do the card and what it advises: %s with %s', (gate, expert) => {
  expect(faultsOfCard(gate, expert)).toEqual([]);
});
