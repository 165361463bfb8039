import { stream, tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { switchGate, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen, routeLogits } from './given-logits.ts';

testGate({ describe, test }, switchGate(), { exact: true, noisy: true, translationInvariant: true });
testGate({ describe, test }, switchGate({ jitter: 0, router: 'mlp' }), { exact: true });

describe('switchGate', () => {
  const scores = drawnRows(30, 4, 1);

  test('evaluates as top-1', () => {
    const expected = routeLogits(topK({ k: 1 }), scores);
    const routing = routeLogits(switchGate(), scores);
    expect(routing.weights).toEqual(expected.weights);
    expect(routing.choices).toEqual(expected.choices);
  });

  test('jitters each feature of the input by at most epsilon', () => {
    const epsilon = 0.2;
    const routing = routeLogits(switchGate({ jitter: epsilon }), scores, {
      training: true,
      random: stream(5),
    });
    const ratios = tableOf(routing.scores).flatMap((row, t) => row.map((z, e) => z / scores[t]![e]!));
    expect(Math.min(...ratios)).toBeGreaterThan(1 - epsilon);
    expect(Math.max(...ratios)).toBeLessThan(1 + epsilon);
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeGreaterThan(1.5 * epsilon);
    expect(tableOf(routing.logits)).toEqual(scores);
  });

  test('decides close calls both ways', () => {
    const tie = Array.from({ length: 200 }, () => [1, 1]);
    const winners = chosen(routeLogits(switchGate(), tie, { training: true })).flat();
    expect(winners.filter((expert) => expert === 0).length).toBeGreaterThan(60);
    expect(winners.filter((expert) => expert === 1).length).toBeGreaterThan(60);
  });

  test('refuses a jitter outside [0, 1]', () => {
    expect(() => switchGate({ jitter: 1.5 })).toThrow(
      'switchGate: jitter must be a finite number between 0 and 1',
    );
  });
});
