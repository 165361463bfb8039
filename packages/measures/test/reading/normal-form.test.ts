import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  type Gate,
  type GateParamSpec,
  guard,
  replicate,
} from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/reading/evaluate.ts';
import type { Expression } from '../../src/reading/expression.ts';
import { expressions } from '../../src/reading/expressions.ts';
import { inputOf, parametersOf, recordExpert, recordGate, recordRouter } from '../../src/reading/record.ts';
import { recorder } from '../../src/reading/recorder.ts';
import { builtInExperts, builtInGates, builtInRouters } from '../built-ins.ts';
import { naive } from './naive.ts';
import { programs, run, shapes } from './programs.ts';

const EXPERTS = 4;
const rows = drawnRows(7, 3, 1);

/** Every number of two values whose axes may have length 1. */
function expectSame(actual: ArrayValue, expected: ArrayValue, digits = 9): void {
  const full = (value: ArrayValue) =>
    arrayGateOps().add(value, {
      tokens: rows.length,
      experts: Math.max(actual.experts, expected.experts),
      rows: 1,
      features: Math.max(actual.features, expected.features),
      data: new Float64Array(
        rows.length *
          Math.max(actual.experts, expected.experts) *
          Math.max(actual.features, expected.features),
      ),
    }).data;
  const [a, b] = [full(actual), full(expected)];
  const size = Math.max(1, ...b.map(Math.abs));
  a.forEach((value, i) => {
    if (Number.isFinite(b[i])) expect(value / size).toBeCloseTo(b[i]! / size, digits);
  });
}

describe('a normal form is the same function', () => {
  const specs: Record<string, GateParamSpec> = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { shape, initializer: { kind: 'zeros' }, copies: name === 'scale' ? 1 : EXPERTS },
    ]),
  );

  test('of any program', () => {
    fc.assert(
      fc.property(programs, fc.nat(99), (program, seed) => {
        const of = expressions();
        const expression = run(program, recorder(of), inputOf(of, 3), parametersOf(of, specs));
        const values = valuesOf(specs, drawnData(specs, seed));
        expectSame(
          naive(expression, arrayInput(rows), values, EXPERTS),
          run(program, arrayGateOps(), arrayInput(rows), values),
          7,
        );
      }),
      { numRuns: 200 },
    );
  });

  test.each(builtInGates())('of the gate %s', (_name, gate: Gate) => {
    const recorded = recordGate(gate, EXPERTS)!;
    const values = valuesOf(recorded.specs, drawnData(recorded.specs, 3));
    const { weights, logits } = gate.route(arrayGateOps(), arrayInput(rows), values, {
      experts: EXPERTS,
      training: false,
    });
    expectSame(naive(recorded.routing.weights, arrayInput(rows), values, EXPERTS), weights);
    expectSame(naive(recorded.routing.logits, arrayInput(rows), values, EXPERTS), logits);
  });

  test.each([
    ...builtInRouters().map(([name, router]) => [name, recordRouter(router)!, router.logit] as const),
    ...builtInExperts().map(([name, expert]) => [name, recordExpert(expert)!, expert.apply] as const),
  ])('of %s, and it can be evaluated', (_name, recorded, apply) => {
    const specs = replicate(recorded.specs, EXPERTS);
    const values = valuesOf(specs, drawnData(specs, 3));
    const expected = apply(arrayGateOps(), arrayInput(rows), values);
    expectSame(naive(recorded.expression, arrayInput(rows), values, EXPERTS), expected);
    expectSame(evaluate(arrayGateOps(), recorded.expression, arrayInput(rows), values), expected);
  });
});

describe('what is one function is one expression', () => {
  const same = (
    ...ways: ((
      ops: ReturnType<typeof recorder>,
      x: Expression,
      p: Record<string, Expression>,
    ) => Expression)[]
  ) => {
    const of = expressions();
    const p = parametersOf(of, specsOf());
    const [first, ...others] = ways.map((way) => way(recorder(of), inputOf(of, 3), p));
    for (const other of others) expect(other).toBe(first);
  };
  const specsOf = (): Record<string, GateParamSpec> => ({
    w: { shape: [3], initializer: { kind: 'zeros' }, copies: EXPERTS },
    b: { shape: [1], initializer: { kind: 'zeros' }, copies: EXPERTS },
    tau: { shape: [1], initializer: { kind: 'ones' }, copies: 1, shared: true, constraint: { min: 0.1 } },
    W: { shape: [3, 2], initializer: { kind: 'zeros' }, copies: EXPERTS },
  });

  test('sums and products in any order', () => {
    same(
      (ops, x, { w, b }) => ops.add(ops.dot(x, w!), b!),
      (ops, x, { w, b }) => ops.sub(b!, ops.sub(ops.constant(0), ops.dot(w!, x))),
      (ops, x, { w, b }) => ops.div(ops.mul(ops.constant(2), ops.add(b!, ops.dot(x, w!))), ops.constant(2)),
    );
  });

  test('a squared distance, opened or not', () => {
    same(
      (ops, x, { w }) => ops.dot(ops.sub(x, w!), ops.sub(x, w!)),
      (ops, x, { w }) =>
        ops.add(ops.dot(x, x), ops.sub(ops.dot(w!, w!), ops.mul(ops.constant(2), ops.dot(x, w!)))),
    );
  });

  test('a direction, normalised before or after the kernel', () => {
    same(
      (ops, x, { W }) => ops.affine(ops.div(x, ops.sqrt(ops.dot(x, x))), W!),
      (ops, x, { W }) => ops.div(ops.affine(x, W!), ops.sqrt(ops.dot(x, x))),
    );
  });

  test('a softmax, shifted, by exponentials, and by its logarithm', () => {
    same(
      (ops, x, { w }) => ops.softmax(ops.dot(x, w!)),
      (ops, x, { w }) => ops.softmax(ops.add(ops.dot(x, w!), ops.dot(x, x))),
      (ops, x, { w }) => {
        const e = ops.exp(ops.dot(x, w!));
        return ops.div(e, ops.sumExperts(e));
      },
      (ops, x, { w }) => ops.exp(ops.sub(ops.dot(x, w!), ops.logSumExp(ops.dot(x, w!)))),
    );
  });

  test('a selection, divided by its sum or masked before the softmax', () => {
    same(
      (ops, x, { w }) => {
        const z = ops.dot(x, w!);
        const [a, b] = ops.topK(z, 2);
        const kept = ops.mul(ops.softmax(z), ops.add(a!, b!));
        return ops.div(kept, ops.sumExperts(kept));
      },
      (ops, x, { w, tau }) => {
        const z = ops.dot(x, w!);
        const [a, b] = ops.topK(ops.div(z, tau!), 3);
        const outside = ops.mul(ops.constant(1e9), ops.sub(ops.add(a!, b!), ops.constant(1)));
        return ops.softmax(ops.add(z, outside));
      },
    );
  });

  test('normalised sigmoids, by division or as a softmax of their logarithms', () => {
    same(
      (ops, x, { w }) => {
        const s = ops.activation('sigmoid', ops.dot(x, w!));
        return ops.div(s, ops.sumExperts(s));
      },
      (ops, x, { w }) => {
        const minus = ops.sub(ops.constant(0), ops.dot(x, w!));
        return ops.softmax(ops.sub(ops.constant(0), ops.activation('softplus', minus)));
      },
      (ops, x, { w }) => {
        const minus = ops.sub(ops.constant(0), ops.dot(x, w!));
        const s = ops.div(ops.constant(1), ops.add(ops.constant(1), ops.exp(minus)));
        return ops.div(s, ops.add(ops.sumExperts(s), guard(ops, 1e-12)));
      },
    );
  });

  test('but not what differs in the last digit', () => {
    const of = expressions();
    const ops = recorder(of);
    const tenth = ops.mul(ops.constant(0.1), ops.constant(3));
    expect(tenth).not.toBe(ops.constant(0.3));
    expect(ops.add(ops.constant(0.1), ops.constant(0.2))).not.toBe(ops.constant(0.3));
  });
});
