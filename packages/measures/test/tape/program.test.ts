import { type MixingMeasure, measureParts, measureSpecs } from '@tfjs-moe/measures';
import {
  columns,
  columnsOf,
  firstDerivative,
  gridInput,
  gridOps,
  gridParams,
  jets,
  paramLabels,
} from '@tfjs-moe/numerics';
import { describe, expect, test } from 'vitest';
import { mixtureTape, numbersOf } from '../../src/tape/mixture.ts';
import { compile } from '../../src/tape/program.ts';
import { newTape } from '../../src/tape/tape.ts';
import { manyExperts, manyGates, nameOf, randomMeasure, randomRows } from '../measures.ts';

const rows = randomRows(37);
const inputs = columnsOf(rows);

/** Values and derivatives of the mixture by forward jets. */
function byJets(of: MixingMeasure) {
  const specs = measureSpecs(of);
  const all = (named: typeof specs.gate) =>
    Object.fromEntries(Object.entries(named).map(([name, spec]) => [name, { ...spec, trainable: true }]));
  const [gate, expert] = [all(specs.gate), all(specs.expert)];
  const algebra = jets(columns, 1);
  const ops = gridOps(algebra);
  const x = gridInput(inputs);
  const p = gridParams(columns, gate, of.gateParams);
  const q = gridParams(columns, expert, of.expertParams, paramLabels(gate).length);
  const { weights } = of.gate.route(ops, x, p, { experts: of.experts, training: false });
  const outputs = of.expert.apply(ops, x, q);
  return ops.sumExperts(ops.mul(weights, outputs)).entries[0]!;
}

describe.each(manyGates.map((gate) => [nameOf(gate), gate] as const))('under %s', (_, gate) => {
  test.each(manyExperts.map((expert) => [nameOf(expert), expert] as const))('of %s', (__, expert) => {
    const of = randomMeasure(gate, expert);
    const { tape, weights, outputs, means } = mixtureTape(of);
    const numbers = numbersOf(of);
    const parameters = [...numbers.keys()];
    const program = compile(tape, [...weights, ...outputs.flat(), ...means], {
      differentiate: means[0]!,
      parameters,
      block: 16,
    });
    program.setParameters(numbers);
    const jet = byJets(of);
    const slopes = parameters.map((p) => firstDerivative(columns, jet, p));
    const parts = measureParts(of, rows);
    let error = 0;
    const close = (actual: number, expected: number) => {
      error = Math.max(error, Math.abs(actual - expected) / Math.max(1, Math.abs(expected)));
    };
    for (let from = 0; from < rows.length; from += 16) {
      const count = Math.min(16, rows.length - from);
      program.run(inputs, from, count);
      for (let i = 0; i < count; i++) {
        for (let e = 0; e < 4; e++) {
          close(program.value(e)[i]!, parts.weights[(from + i) * 4 + e]!);
          close(program.value(4 + e)[i]!, parts.outputs[(from + i) * 4 + e]!);
        }
        close(program.value(8)[i]!, at(jet.value, from + i));
        for (const p of parameters) {
          close(program.derivative(p)?.[i] ?? 0, at(slopes[p]!, from + i));
        }
      }
    }
    expect(error).toBeLessThan(1e-11);
  });
});

describe('a program', () => {
  const { algebra, input, parameter } = newTape();

  test('knows what is the same for all points', () => {
    const tape = newTape();
    const [a, b] = [tape.parameter(0), tape.parameter(1)];
    const ratio = tape.algebra.dot([a], [tape.algebra.apply('reciprocal', b)]);
    const total = tape.algebra.add(
      tape.algebra.dot([ratio], [tape.input(0)]),
      tape.algebra.dot([ratio], [ratio]),
    );
    const program = compile(tape, [total, ratio], { differentiate: total, parameters: [0, 1], block: 4 });
    program.setParameters([3, 2]);
    program.run([Float64Array.of(9, 9, 5, 7)], 2, 2);
    expect([...program.value(0).subarray(0, 2)]).toEqual([9.75, 12.75]);
    expect([...program.value(1).subarray(0, 2)]).toEqual([1.5, 1.5]);
    // d(r x + r²) = (x + 2 r) dr with dr/da = 1/2 and dr/db = -3/4
    expect([...program.derivative(0)!.subarray(0, 2)]).toEqual([4, 5]);
    expect([...program.derivative(1)!.subarray(0, 2)]).toEqual([-6, -7.5]);
  });

  test('writes equal operations once and folds constants', () => {
    const [x, y] = [input(0), parameter(0)];
    expect(algebra.add(x, y)).toBe(algebra.add(x, y));
    expect(algebra.add(algebra.constant(2), algebra.constant(3))).toBe(algebra.constant(5));
    expect(algebra.dot([x], [algebra.constant(0)])).toBe(algebra.constant(0));
    expect(algebra.dot([algebra.constant(1)], [x])).toBe(x);
    expect(algebra.apply('exp', algebra.constant(0))).toBe(algebra.constant(1));
    expect(algebra.greater(algebra.constant(2), algebra.constant(1))).toBe(algebra.constant(1));
  });

  test('stops derivatives', () => {
    const tape = newTape();
    const p = tape.parameter(0);
    const product = tape.algebra.dot([tape.algebra.dot([p], [tape.input(0)])], [tape.algebra.stop(p)]);
    const program = compile(tape, [product], { differentiate: product, parameters: [0] });
    program.setParameters([3]);
    program.run([Float64Array.of(2)], 0, 1);
    expect(program.value(0)[0]).toBe(18);
    expect(program.derivative(0)![0]).toBe(6);
  });
});

function at(column: number | Float64Array, i: number): number {
  return typeof column === 'number' ? column : column[i]!;
}
