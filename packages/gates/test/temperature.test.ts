import { stream, tableOf } from '@tfjs-moe/core';
import { drawnRows } from '@tfjs-moe/core/testing';
import { mlpRouter, temperature } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { routeLogits, softmaxOf } from './given-logits.ts';

testGate({ describe, test }, temperature(), { translationInvariant: true });
testGate({ describe, test }, temperature({ noise: 'gumbel', router: mlpRouter({ hiddenUnits: 3 }) }), {
  noisy: true,
});
testGate({ describe, test }, temperature({ threshold: 0.1, renormalize: true, learned: false }), {
  translationInvariant: true,
});

describe('temperature', () => {
  const scores = drawnRows(20, 4, 1);

  test.each([0.1, 1, 7])('is the softmax of the logits over %s', (tau) => {
    const { probabilities } = routeLogits(temperature({ temperature: tau }), scores);
    tableOf(probabilities).forEach((row, t) => {
      softmaxOf((scores[t] ?? []).map((z) => z / tau)).forEach((p, e) => {
        expect(row[e]).toBeCloseTo(p, 14);
      });
    });
  });

  test.each([true, false])('drops what is at most the threshold, renormalize: %s', (renormalize) => {
    const threshold = 0.2;
    const { weights, choices } = routeLogits(temperature({ threshold, renormalize }), scores);
    const selected = tableOf(choices[0] as never);
    let dropped = 0;
    tableOf(weights).forEach((row, t) => {
      const p = softmaxOf(scores[t]!);
      const kept = p.filter((value) => value > threshold).reduce((sum, value) => sum + value, 0);
      row.forEach((weight, e) => {
        const chance = p[e]!;
        const expected = chance > threshold ? chance / (renormalize ? kept : 1) : 0;
        expect(weight).toBeCloseTo(expected, 14);
        expect(selected[t]?.[e]).toBe(chance > threshold ? 1 : 0);
        if (expected === 0) dropped++;
      });
    });
    expect(dropped).toBeGreaterThan(0);
  });

  test('goes from dense to sparse as the temperature falls', () => {
    const spaced = Array.from({ length: 20 }, (_, t) => [0, 0.5, 1, 1.5].map((z) => z + t));
    const counts = [100, 1, 0.5, 0.1, 0.001].map((tau) => {
      const gate = temperature({ temperature: tau, threshold: 0.05 });
      return tableOf(routeLogits(gate, spaced).choices[0] as never)[0]?.reduce(
        (sum, value) => sum + value,
        0,
      );
    });
    expect(counts).toEqual([4, 4, 3, 1, 1]);
  });

  test('samples experts in proportion to their probabilities under Gumbel noise', () => {
    const row = [1, 0.5, 0, -1];
    const tokens = 20000;
    const many = Array.from({ length: tokens }, () => row);
    const gate = temperature({ noise: 'gumbel', temperature: 0.01 });
    const { weights } = routeLogits(gate, many, { training: true, random: stream(3) });
    const mean = [0, 0, 0, 0];
    for (const chances of tableOf(weights)) {
      const winner = chances.indexOf(Math.max(...chances));
      mean[winner] = mean[winner]! + 1 / tokens;
    }
    softmaxOf(row).forEach((p, e) => {
      expect(Math.abs(mean[e]! - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / tokens));
    });
  });

  test('has one temperature, learned or left to a schedule', () => {
    expect(temperature({ temperature: 2 }).params(3, 4).temperature).toEqual({
      shape: [1],
      initializer: { kind: 'constant', value: 2 },
      constraint: { min: 0.001 },
      shared: true,
      trainable: true,
      copies: 1,
    });
    expect(temperature({ learned: false }).params(3, 4).temperature?.trainable).toBe(false);
  });

  test('refuses a threshold that could leave a token without an expert', () => {
    expect(() => temperature({ threshold: 0.25 }).expertsPerToken(4)).toThrow(
      '[tfjs-moe] temperature: threshold must be below 1 / the number of experts (4). Received: 0.25.',
    );
    expect(() => temperature({ threshold: 0.25 }).params(3, 4)).toThrow('threshold must be below');
    expect(temperature({ threshold: 0.24 }).expertsPerToken(4)).toBe(4);
    expect(() => temperature({ temperature: 1e-4 })).toThrow(
      'temperature must be a finite number of at least 0.001',
    );
  });
});
