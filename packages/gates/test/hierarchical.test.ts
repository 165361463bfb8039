import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  type Gate,
  type Routing,
  stream,
  tableOf,
} from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { hierarchical, noisyTopK, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { chosen, softmaxOf } from './given-logits.ts';

const runner = { describe, test };
const three = hierarchical({
  groups: 2,
  outer: topK({ k: 1 }),
  inner: hierarchical({ groups: 2, inner: topK() }),
});
testGate(runner, hierarchical({ groups: 2 }), { permutable: false });
testGate(runner, hierarchical({ groups: 1 }), { permutable: false });
testGate(runner, hierarchical({ groups: 6, inner: sigmoid() }), { permutable: false });
testGate(runner, hierarchical({ groups: 3, outer: topK(), inner: topK({ k: 1 }) }), {
  exact: true,
  permutable: false,
});
testGate(runner, hierarchical({ groups: 2, outer: switchGate(), inner: noisyTopK() }), {
  exact: true,
  noisy: true,
  permutable: false,
});
testGate(runner, hierarchical({ groups: 2, outer: temperature(), inner: temperature({ threshold: 0.1 }) }), {
  permutable: false,
});
testGate(runner, three, { experts: 12, exact: true, permutable: false });

const INPUTS = 3;
const rows = drawnRows(6, INPUTS, 1);

function run(gate: Gate, experts: number, training = false) {
  const specs = gate.params(INPUTS, experts);
  const data = drawnData(specs, 2);
  const ops = arrayGateOps({ random: stream(3) });
  const routing: Routing<ArrayValue> = gate.route(ops, arrayInput(rows), valuesOf(specs, data), {
    experts,
    training,
  });
  return { routing, data };
}

/** softmax over consecutive linear scores, by hand. */
function levels(x: readonly number[], kernel: ArrayLike<number>, bias: ArrayLike<number>): number[] {
  return Array.from(bias, (b, e) => x.reduce((sum, value, d) => sum + value * kernel[e * INPUTS + d]!, b));
}

describe('hierarchical', () => {
  test('with softmax at both levels is equation (20)', () => {
    const { routing, data } = run(hierarchical({ groups: 2 }), 6);
    rows.forEach((x, t) => {
      const outer = softmaxOf(levels(x, data['outer/router/kernel']!, data['outer/bias']!));
      const inner = levels(x, data['inner/router/kernel']!, data['inner/bias']!);
      for (let e = 0; e < 6; e++) {
        const group = e < 3 ? 0 : 1;
        const expected = outer[group]! * softmaxOf(inner.slice(3 * group, 3 * group + 3))[e % 3]!;
        expect(tableOf(routing.weights)[t]?.[e]).toBeCloseTo(expected, 14);
        expect(tableOf(routing.probabilities)[t]?.[e]).toBeCloseTo(expected, 14);
      }
    });
  });

  test('has logits whose softmax is the product, and whose z-loss is that of the levels', () => {
    const { routing, data } = run(hierarchical({ groups: 2 }), 6);
    const logSumExp = (row: readonly number[]) => Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0));
    rows.forEach((x, t) => {
      const logits = tableOf(routing.logits)[t]!;
      const p = tableOf(routing.probabilities)[t]!;
      softmaxOf(logits).forEach((value, e) => {
        expect(value).toBeCloseTo(p[e]!, 13);
      });
      const outer = levels(x, data['outer/router/kernel']!, data['outer/bias']!);
      const inner = levels(x, data['inner/router/kernel']!, data['inner/bias']!);
      const groups = softmaxOf(outer);
      const squares =
        logSumExp(outer) ** 2 +
        groups[0]! * logSumExp(inner.slice(0, 3)) ** 2 +
        groups[1]! * logSumExp(inner.slice(3)) ** 2;
      expect(logSumExp(logits) ** 2).toBeCloseTo(squares, 10);
    });
  });

  test('counts parameters per group and per expert, and shares what the inner gate shares', () => {
    const gate = hierarchical({ groups: 2, inner: temperature() });
    const specs = gate.params(INPUTS, 6);
    expect(Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.copies]))).toEqual({
      'outer/router/kernel': 2,
      'outer/bias': 2,
      'inner/router/kernel': 6,
      'inner/bias': 6,
      'inner/temperature': 1,
    });
    expect(Object.keys(three.params(INPUTS, 12))).toEqual([
      'outer/router/kernel',
      'outer/bias',
      'inner/outer/router/kernel',
      'inner/outer/bias',
      'inner/inner/router/kernel',
      'inner/inner/bias',
    ]);
    expect(three.params(INPUTS, 12)['inner/outer/bias']?.copies).toBe(4);
    expect(three.params(INPUTS, 12)['inner/inner/bias']?.copies).toBe(12);
  });

  test('nests: softmax over softmax over softmax multiplies three levels', () => {
    const { routing, data } = run(hierarchical({ groups: 2, inner: hierarchical({ groups: 2 }) }), 8);
    rows.forEach((x, t) => {
      const top = softmaxOf(levels(x, data['outer/router/kernel']!, data['outer/bias']!));
      const middle = levels(x, data['inner/outer/router/kernel']!, data['inner/outer/bias']!);
      const leaves = levels(x, data['inner/inner/router/kernel']!, data['inner/inner/bias']!);
      for (let e = 0; e < 8; e++) {
        const [group, pair] = [Math.floor(e / 4), Math.floor(e / 2)];
        const expected =
          top[group]! *
          softmaxOf(middle.slice(2 * group, 2 * group + 2))[pair % 2]! *
          softmaxOf(leaves.slice(2 * pair, 2 * pair + 2))[e % 2]!;
        expect(tableOf(routing.weights)[t]?.[e]).toBeCloseTo(expected, 14);
      }
    });
  });

  test('orders its choices by the outer level first', () => {
    const gate = hierarchical({ groups: 3, outer: topK(), inner: topK() });
    const { routing, data } = run(gate, 9);
    expect(gate.expertsPerToken(9)).toBe(4);
    const best = (row: number[]) => row.map((_, e) => e).sort((a, b) => row[b]! - row[a]!);
    rows.forEach((x, t) => {
      const groups = best(levels(x, data['outer/router/kernel']!, data['outer/bias']!)).slice(0, 2);
      const inner = levels(x, data['inner/router/kernel']!, data['inner/bias']!);
      const expected = groups.flatMap((g) =>
        best(inner.slice(3 * g, 3 * g + 3))
          .slice(0, 2)
          .map((member) => 3 * g + member),
      );
      expect(chosen(routing)[t]).toEqual(expected);
    });
  });

  test('has a load where a level has one', () => {
    const one = run(hierarchical({ groups: 2, outer: topK({ k: 1 }), inner: noisyTopK() }), 6, true).routing;
    const [selected] = one.choices;
    tableOf(one.load!).forEach((row, t) => {
      const group = tableOf(selected!)[t]!.indexOf(1) < 3 ? 0 : 1;
      row.forEach((chance, e) => {
        if (Math.floor(e / 3) === group) expect(chance).toBeGreaterThan(0);
        else expect(chance).toBe(0);
      });
    });
    expect(run(hierarchical({ groups: 2 }), 6, true).routing.load).toBeUndefined();
    const both = run(
      hierarchical({ groups: 3, outer: noisyTopK(), inner: noisyTopK({ k: 1 }) }),
      6,
      true,
    ).routing;
    expect(Math.max(...both.load!.data)).toBeLessThan(1);
  });

  test('renormalises after drops only where both levels do', () => {
    const after = topK({ renormalize: 'afterDrop' });
    const flag = (outer: Gate, inner: Gate) =>
      run(hierarchical({ groups: 2, outer, inner }), 6).routing.renormalizeAfterDrop;
    expect([flag(after, after), flag(softmax(), after), flag(after, softmax())]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('refuses groups of unequal size', () => {
    const message = '[tfjs-moe] hierarchical: groups must divide the number of experts (7). Received: 3.';
    expect(() => hierarchical({ groups: 3 }).params(2, 7)).toThrow(message);
    expect(() => hierarchical({ groups: 3 }).expertsPerToken(7)).toThrow(message);
    expect(() => hierarchical({} as never)).toThrow(
      'hierarchical: groups must be an integer of at least 1. Received: undefined.',
    );
  });
});
