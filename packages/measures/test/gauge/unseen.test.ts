import { type Expert, type Gate, paramSize } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { gateGauge, gateProbabilities, inGauge, measureSpecs, unseenDirections } from '@tfjs-moe/measures';
import { derivativeRank, freePlacesOfExperts, freePlacesOfGate } from '@tfjs-moe/measures/testing';
import { describe, expect, test } from 'vitest';
import { builtInExperts, builtInGates } from '../built-ins.ts';
import { randomMeasure, randomRows } from '../measures.ts';
import { wrappedExpert, wrappedGate } from '../wrapped.ts';

const rows = randomRows(150);
/** A ReLU may be off, and an expert not selected, at all rows; not at all of these numbers. */
const seeds = [1, 2, 3, 4];

// What the gauge and the unseen directions leave is what the weights tell apart: no more, and no less.
describe('of the free parameters of a gate, as many directions are seen as its weights have derivatives', () => {
  // Deep ReLUs that end in one are off at most numbers.
  const known = builtInGates().filter(
    ([name, gate]) => gateGauge(gate, 2, 4).isKnown && !/mlp of relu/.test(name),
  );
  test.each(known)('%s', (_name, gate: Gate) => {
    const gauge = gateGauge(gate, 2, 4);
    const measures = seeds.map((seed) => {
      const drawn = randomMeasure(gate, linear(), { seed, scale: 0.6 });
      return { ...drawn, gateParams: inGauge(gauge, measureSpecs(drawn).gate, drawn.gateParams) };
    });
    const free = freePlacesOfGate(measures[0]!);
    const ranks = measures.map((measure) => derivativeRank(measure, ({ weights }) => weights, free, rows));
    expect(Math.max(...ranks)).toBe(free.length - unseenDirections(measures[0]!));
  });
});

describe('of the parameters of an expert likewise', () => {
  // A product of matrices without anything between has more than a scale that nobody sees.
  const nets = builtInExperts().filter(([name]) => !/(ffn|gated) identity/.test(name));
  test.each(nets)('%s', (_name, expert: Expert) => {
    const measures = seeds.map((seed) => randomMeasure(softmax(), expert, { seed, experts: 1 }));
    const measure = measures[0]!;
    const free = freePlacesOfExperts(measure);
    const ranks = measures.map((each) => derivativeRank(each, ({ outputs }) => outputs.flat(), free, rows));
    expect(Math.max(...ranks)).toBe(free.length - unseenDirections(measure));
  });
});

describe('a displacement along a freedom changes no weight', () => {
  test.each(builtInGates())('of %s', (_name, gate) => {
    const measure = randomMeasure(gate, linear(), { seed: 5 });
    const before = gateProbabilities(measure, rows);
    for (const { fixed, move } of gateGauge(gate, 2, 4).freedoms) {
      const [{ name }] = fixed as [(typeof fixed)[number]];
      const t = Array.from({ length: paramSize(measureSpecs(measure).gate[name]!) }, (_, i) => 0.7 - 0.4 * i);
      const moved = { ...measure, gateParams: move(measure.gateParams, t) };
      expect(moved.gateParams).not.toEqual(measure.gateParams);
      gateProbabilities(moved, rows).forEach((weight, i) => {
        expect(Math.abs(weight - before[i]!)).toBeLessThan(1e-12);
      });
    }
  });
});

describe('as many unseen of a definition of somebody else', () => {
  test.each(builtInGates())('like %s', (_name, gate) => {
    const own = randomMeasure(gate, linear());
    expect(unseenDirections({ ...own, gate: wrappedGate(gate) })).toBe(unseenDirections(own));
  });
  test.each(builtInExperts())('like %s', (_name, expert) => {
    const own = randomMeasure(softmax(), expert);
    expect(unseenDirections({ ...own, expert: wrappedExpert(expert) })).toBe(unseenDirections(own));
  });
});
