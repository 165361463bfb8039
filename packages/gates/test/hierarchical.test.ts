import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  type Gate,
  getGate,
  type Routing,
  stream,
  tableOf,
} from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import {
  groupLimitedTopK,
  hierarchical,
  noisyTopK,
  productKeys,
  sigmoid,
  softmax,
  switchGate,
  temperature,
  topK,
} from '@tfjs-moe/gates';
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
// Groups of unequal sizes, a tree of three levels, and sizes inside of equal groups.
testGate(runner, hierarchical({ groups: [3, 1, 2] }), { permutable: false });
testGate(runner, hierarchical({ groups: [4, 2], outer: topK({ k: 1 }), inner: topK() }), {
  exact: true,
  permutable: false,
});
testGate(runner, hierarchical({ groups: [[2, 1], 3], inner: temperature() }), { permutable: false });
testGate(runner, hierarchical({ groups: 2, inner: hierarchical({ groups: [1, 2] }) }), { permutable: false });
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

  test.each([
    ['sizes', [2, 3, 1], [2, 3, 1]],
    ['a tree of three levels', [[2, 3], 1, [1, 1, 2]], [[2, 3], [1], [1, 1, 2]]],
  ] as const)('with %s is the product of the softmaxes on the way', (_, groups, tree) => {
    const sizes = (tree as readonly (number | readonly number[])[]).flat() as number[];
    const experts = sizes.reduce((sum, size) => sum + size, 0);
    const gate = hierarchical({ groups });
    const { routing, data } = run(gate, experts);
    const isDeep = Array.isArray(tree[0]);
    const tops = isDeep
      ? (tree as readonly (readonly number[])[]).map(({ length }) => length)
      : [sizes.length];
    const path = isDeep ? 'outer/inner' : 'outer';
    /** Of scores in runs, the softmax of each run. */
    const inRuns = (scores: number[], runs: readonly number[]) => {
      const start = (run: number) => runs.slice(0, run).reduce((sum, size) => sum + size, 0);
      return runs.flatMap((_size, run) => softmaxOf(scores.slice(start(run), start(run + 1))));
    };
    const runOf = (runs: readonly number[]) => runs.flatMap((size, run) => new Array<number>(size).fill(run));
    rows.forEach((x, t) => {
      const at = (level: string) => levels(x, data[`${level}/router/kernel`]!, data[`${level}/bias`]!);
      const [inner, middle] = [inRuns(at('inner'), sizes), inRuns(at(path), tops)];
      const top = isDeep ? softmaxOf(at('outer/outer')) : [1];
      for (let e = 0; e < experts; e++) {
        const group = runOf(sizes)[e]!;
        const expected = top[runOf(tops)[group]!]! * middle[group]! * inner[e]!;
        expect(tableOf(routing.weights)[t]?.[e]).toBeCloseTo(expected, 14);
      }
      const total = tableOf(routing.weights)[t]!.reduce((sum, weight) => sum + weight, 0);
      expect(total).toBeCloseTo(1, 14);
      softmaxOf(tableOf(routing.logits)[t]!).forEach((weight, e) => {
        expect(weight).toBeCloseTo(tableOf(routing.weights)[t]![e]!, 13);
      });
    });
  });

  test('is the same for equal groups that are given by their sizes, to the bit', () => {
    for (const inner of [softmax(), topK(), noisyTopK()]) {
      const [byNumber, bySizes] = [2, [3, 3]].map((groups) => run(hierarchical({ groups, inner }), 6, true));
      expect(bySizes!.routing).toEqual(byNumber!.routing);
    }
    expect(hierarchical({ groups: [3, 3] }).traits!.form).toMatchObject({ groups: 2 });
  });

  test('keeps its tree in its config, and counts what a token is sent to at most', () => {
    const tree = hierarchical({ groups: [[2, 3], 4] });
    expect(getGate(JSON.parse(JSON.stringify(tree.config))).config).toEqual(tree.config);
    expect(tree.config).toMatchObject({ groups: [2, 3, 4], outer: { kind: 'hierarchical', groups: [2, 1] } });
    expect(hierarchical({ groups: [2, 3, 4], outer: topK({ k: 2 }) }).expertsPerToken(9)).toBe(7);
  });

  test('refuses sizes that are none, and inner gates that cannot have them', () => {
    const sizes = (groups: unknown) => () => hierarchical({ groups } as never);
    expect(sizes([])).toThrow('groups must have the size of a group at least');
    expect(sizes([2, 0])).toThrow('a size in groups must be an integer of at least 1. Received: 0.');
    expect(sizes([2, [1.5]])).toThrow('a size in groups must be an integer of at least 1. Received: 1.5.');
    expect(sizes([2, '3'])).toThrow('a size in groups');
    expect(() => hierarchical({ groups: [2, 3] }).params(2, 6)).toThrow(
      'hierarchical: the sizes of the groups must add up to the number of experts (6). Received: [2,3].',
    );
    expect(() => hierarchical({ groups: [2, 2] }).expertsPerToken(6)).toThrow('must add up to');
    expect(() => hierarchical({ groups: [3, 1], inner: topK() }).params(2, 4)).toThrow(
      'topK: k must be an integer between 1 and the number of experts (1). Received: 2.',
    );
    for (const inner of [noisyTopK(), hierarchical({ groups: 2 }), productKeys({ keySize: 2 })]) {
      expect(() => run(hierarchical({ groups: [4, 2], inner }), 6)).toThrow(
        'hierarchical: in groups of unequal sizes inner must',
      );
    }
    expect(() => groupLimitedTopK({ groups: [2, 4] as never })).toThrow(
      'groupLimitedTopK: groups must be an integer of at least 1. Received: [2,4].',
    );
  });

  test('refuses a number of groups that does not divide the experts', () => {
    const message = '[tfjs-moe] hierarchical: groups must divide the number of experts (7). Received: 3.';
    expect(() => hierarchical({ groups: 3 }).params(2, 7)).toThrow(message);
    expect(() => hierarchical({ groups: 3 }).expertsPerToken(7)).toThrow(message);
    expect(() => hierarchical({} as never)).toThrow(
      'hierarchical: groups must be an integer of at least 1. Received: undefined.',
    );
  });
});
