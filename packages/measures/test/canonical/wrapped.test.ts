/** Definitions of somebody else, which say nothing of what they are, against the built-in ones that they repeat. */
import { type Expert, type Gate, mapNames } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { canonical, predict } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { builtInExperts, builtInGates } from '../built-ins.ts';
import { randomMeasure, randomRows } from '../measures.ts';
import { wrappedExpert, wrappedGate } from '../wrapped.ts';

const rows = randomRows(20);

function expectSameForm(gate: Gate, expert: Expert, others: { gate: Gate; expert: Expert }): void {
  for (const seed of [1, 2]) {
    const measure = randomMeasure(gate, expert, { seed });
    const [form, other] = [measure, { ...measure, ...others }].map(canonical) as [
      typeof measure,
      typeof measure,
    ];
    // Two scales of one unit may be found in another order than they are declared in, which rounds otherwise.
    const close = (numbers: typeof form.gateParams) =>
      mapNames(numbers, (values) => values.map((value) => expect.closeTo(value, 12)));
    expect(other.gateParams).toEqual(close(form.gateParams));
    expect(other.expertParams).toEqual(close(form.expertParams));
    const scale = Math.max(1, ...predict(measure, rows).map(Math.abs));
    predict(measure, rows).forEach((value, i) => {
      expect(Math.abs(predict(form, rows)[i]! - value) / scale).toBeLessThan(1e-10);
    });
  }
}

describe('the canonical form of a measure is the same under the name of somebody else', () => {
  test.each(builtInGates())('with a gate like %s', (_name, gate) => {
    expectSameForm(gate, linear(), { gate: wrappedGate(gate), expert: linear() });
  });

  test.each(builtInExperts())('with an expert like %s', (_name, expert) => {
    expectSameForm(softmax(), expert, { gate: softmax(), expert: wrappedExpert(expert) });
  });

  test('with a selection over a weighting of somebody else', () => {
    const gate = topK({ k: 2, weighting: wrappedGate(softmax()) });
    expectSameForm(topK({ k: 2 }), linear(), { gate, expert: linear() });
  });
});
