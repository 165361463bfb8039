/** Losses between measures of definitions that say nothing of what they are, against those of the built-in ones. */
import type { Expert, Gate, Numbers } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { type MixingMeasure, voronoiLoss } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { builtInExperts, builtInGates } from '../built-ins.ts';
import { randomMeasure } from '../measures.ts';
import { squares } from '../squares.ts';
import { wrappedExpert, wrappedGate } from '../wrapped.ts';

/** A loss, or why there is none, without the words that name the gate. */
function lossOf(measure: MixingMeasure, truth: MixingMeasure): { readonly numbers: Numbers } | string {
  try {
    const { aligned, ...found } = voronoiLoss(measure, truth);
    return { ...found, numbers: aligned.gateParams };
  } catch (error) {
    return String(error).replace(/ Received:.*/, '');
  }
}

function expectSameLoss(gate: Gate, expert: Expert, others: { gate: Gate; expert: Expert }): void {
  const [measure, truth] = [1, 2].map((seed) => randomMeasure(gate, expert, { seed, inputDim: 1 })) as [
    MixingMeasure,
    MixingMeasure,
  ];
  expect(lossOf({ ...measure, ...others }, { ...truth, ...others })).toEqual(lossOf(measure, truth));
}

describe('a Voronoi loss is the same under the name of somebody else', () => {
  test.each(builtInGates())('with gates like %s', (_name, gate) => {
    expectSameLoss(gate, linear(), { gate: wrappedGate(gate), expert: linear() });
  });

  test.each(builtInExperts())('with experts like %s', (_name, expert) => {
    expectSameLoss(softmax(), expert, { gate: softmax(), expert: wrappedExpert(expert) });
  });

  test('also between a built-in one and one of somebody else', () => {
    const [measure, truth] = [1, 2].map((seed) => randomMeasure(softmax(), linear(), { seed })) as [
      MixingMeasure,
      MixingMeasure,
    ];
    const own = { ...measure, gate: wrappedGate(softmax()), expert: wrappedExpert(linear()) };
    expect(voronoiLoss(own, truth).value).toBe(voronoiLoss(measure, truth).value);
  });
});

test('a gate without a form is told what it lacks, and what can be compared all the same', () => {
  const measure = randomMeasure(squares(), linear());
  expect(() => voronoiLoss(measure, measure)).toThrow(
    `the gate must have a form, declared in its traits or found in its formula; loss: 'experts' compares the experts ` +
      'under any gates. Received: "squares".',
  );
  expect(voronoiLoss(measure, measure, { loss: 'experts' }).value).toBe(0);
});
