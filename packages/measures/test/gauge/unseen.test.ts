import { type Expert, type Gate, paramSize } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import {
  fixedCopies,
  gateGauge,
  gateProbabilities,
  inGauge,
  type MixingMeasure,
  measureSpecs,
  unseenDirections,
} from '@tfjs-moe/measures';
import { compile, mixtureTape, type Node, numbersOf } from '@tfjs-moe/measures/tape';
import { matrixOf, singularValues } from '@tfjs-moe/numerics';
import { describe, expect, it } from 'vitest';
import { builtInExperts, builtInGates } from '../built-ins.ts';
import { randomMeasure, randomRows } from '../measures.ts';
import { wrappedExpert, wrappedGate } from '../wrapped.ts';

const rows = randomRows(150);
/** A ReLU may be off, and an expert not selected, at all rows; not at all of these numbers. */
const seeds = [1, 2, 3, 4];

/** The rank of the derivatives of some nodes by some parameters of a measure, at all rows. */
function rankOf(
  measure: MixingMeasure,
  nodes: (tape: ReturnType<typeof mixtureTape>) => readonly Node[],
  parameters: readonly number[],
): number {
  const mixture = mixtureTape(measure);
  const inputs = rows[0]!.map((_, d) => Float64Array.from(rows, (row) => row[d]!));
  const columns = parameters.map((): number[] => []);
  for (const node of nodes(mixture)) {
    const program = compile(mixture.tape, [node], { differentiate: node, parameters, block: rows.length });
    program.setParameters(numbersOf(measure));
    program.run(inputs, 0, rows.length);
    parameters.forEach((parameter, j) => {
      columns[j]!.push(
        ...(program.derivative(parameter) ?? new Float64Array(rows.length)).slice(0, rows.length),
      );
    });
  }
  const scaled = columns.map((column) => {
    const length = Math.hypot(...column) || 1;
    return column.map((value) => value / length);
  });
  const { values } = singularValues(matrixOf(scaled));
  return values.filter((value) => value > 1e-9 * values[0]!).length;
}

/** Places of the gate's numbers that are free: learned, with a part in evaluation, and not fixed by the gauge. */
function freeOfGate(measure: MixingMeasure): number[] {
  const { gate, inputDim, experts } = measure;
  const fixed = new Set(fixedCopies(gate, inputDim, experts).map(({ name, copy }) => `${name}#${copy}`));
  const { idle } = gateGauge(gate, inputDim, experts);
  let next = 0;
  return Object.entries(measureSpecs(measure).gate).flatMap(([name, spec]) =>
    Array.from({ length: spec.copies * paramSize(spec) }, (_, i) => {
      const place = next++;
      const isFixed = fixed.has(`${name}#${Math.floor(i / paramSize(spec))}`);
      return spec.trainable === false || isFixed || idle.includes(name) ? [] : [place];
    }).flat(),
  );
}

// What the gauge and the unseen directions leave is what the weights tell apart: no more, and no less.
describe('of the free parameters of a gate, as many directions are seen as its weights have derivatives', () => {
  // Of the perturbed cosine, a softmax sees k / (|k| + epsilon) / tau up to a shift: a gauge that is not linear in k, which
  // no trait says. Deep ReLUs that end in one are off at most numbers.
  const known = builtInGates().filter(
    ([name, gate]) => gateGauge(gate, 2, 4).isKnown && !/perturbed|mlp of relu/.test(name),
  );
  it.each(known)('%s', (_name, gate: Gate) => {
    const gauge = gateGauge(gate, 2, 4);
    const measures = seeds.map((seed) => {
      const drawn = randomMeasure(gate, linear(), { seed, scale: 0.6 });
      return { ...drawn, gateParams: inGauge(gauge, measureSpecs(drawn).gate, drawn.gateParams) };
    });
    const free = freeOfGate(measures[0]!);
    const ranks = measures.map((measure) => rankOf(measure, ({ weights }) => weights, free));
    expect(Math.max(...ranks)).toBe(free.length - unseenDirections(measures[0]!));
  });
});

describe('of the parameters of an expert likewise', () => {
  // A product of matrices without anything between has more than a scale that nobody sees.
  const nets = builtInExperts().filter(([name]) => !/(ffn|gated) identity/.test(name));
  it.each(nets)('%s', (_name, expert: Expert) => {
    const measures = seeds.map((seed) => randomMeasure(softmax(), expert, { seed, experts: 1 }));
    const measure = measures[0]!;
    const gateSize = numbersOf(measure).length - Object.values(measure.expertParams).flat().length;
    const free = Object.values(measure.expertParams)
      .flat()
      .map((_, i) => gateSize + i);
    const ranks = measures.map((each) => rankOf(each, ({ outputs }) => outputs.flat(), free));
    expect(Math.max(...ranks)).toBe(free.length - unseenDirections(measure));
  });
});

describe('a displacement along a freedom changes no weight', () => {
  it.each(builtInGates())('of %s', (_name, gate) => {
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
  it.each(builtInGates())('like %s', (_name, gate) => {
    const own = randomMeasure(gate, linear());
    expect(unseenDirections({ ...own, gate: wrappedGate(gate) })).toBe(unseenDirections(own));
  });
  it.each(builtInExperts())('like %s', (_name, expert) => {
    const own = randomMeasure(softmax(), expert);
    expect(unseenDirections({ ...own, expert: wrappedExpert(expert) })).toBe(unseenDirections(own));
  });
});
