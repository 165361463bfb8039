/** What gates that are made of gates have of their parts besides a formula: state, side inputs, replayed choices. */
import {
  type AnyParams,
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  arrayTable,
  defineGate,
  type Gate,
  type GateOps,
  MoeError,
  mapNames,
  type Named,
  type Routing,
  type RoutingContext,
  tableOf,
} from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { describe, expect, test } from 'vitest';
import {
  groupLimitedTopK,
  hierarchical,
  minP,
  noisyTopK,
  softmax,
  switchGate,
  topK,
  topP,
} from '../src/index.ts';

const [inputDim, tokens] = [3, 9];
const rows = drawnRows(tokens, inputDim, 1);

/** A softmax whose state counts the tokens of every expert, and adds a side input to its logits. */
const counted = defineGate('testCounted', ({ per = 'token' }: { per?: 'token' | 'expert' } = {}) => {
  const base = softmax();
  return {
    ...base,
    config: { per },
    traits: {},
    inputs: { side: per },
    readsBatch: 'training',
    params: (dim, experts) => ({
      ...base.params(dim, experts),
      seen: { shape: [1], initializer: { kind: 'zeros' }, copies: experts, trainable: false, state: true },
    }),
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const routing = base.route(ops, x, p, context);
      const observed = {
        tokens: ops.sumTokens(ops.mul(context.inputs!.side!, ops.add(routing.weights, ops.constant(1)))),
      };
      return { ...routing, observed };
    },
    update: (ops, p, { tokens: seen }) => ({ seen: ops.add(p.seen!, seen!) }),
  };
});

function routed(
  gate: Gate,
  experts: number,
  more: Partial<RoutingContext<ArrayValue>> = {},
): { routing: Routing<ArrayValue>; p: Record<string, ArrayValue> } {
  const specs = gate.params(inputDim, experts);
  const p = valuesOf(specs, drawnData(specs, 2));
  const routing = gate.route(arrayGateOps(), arrayInput(rows), p, { experts, training: false, ...more });
  return { routing, p };
}

const side = arrayTable(rows.map(() => [2]));

describe('over a weighting with state and a side input', () => {
  test.each([
    topK({ k: 2, weighting: counted() }),
    groupLimitedTopK({ k: 2, groups: 2, keep: 1, weighting: counted() }),
    topP({ p: 0.5, weighting: counted() }),
    minP({ p: 0.5, weighting: counted() }),
  ])('$kind has what it has', (gate) => {
    expect(gate.inputs).toEqual({ side: 'token' });
    expect(gate.readsBatch).toBe('training');
    const { routing, p } = routed(gate, 4, { inputs: { side } });
    const alone = routed(counted(), 4, { inputs: { side } });
    expect(tableOf(routing.observed!.tokens!)).toEqual(tableOf(alone.routing.observed!.tokens!));
    const { seen } = gate.update!(arrayGateOps(), p, routing.observed!, { experts: 4 });
    tableOf(seen!)[0]!.forEach((value, e) => {
      expect(value).toBeCloseTo(p.seen!.data[e]! + routing.observed!.tokens!.data[e]!, 12);
    });
  });

  test('hierarchical keeps the state of each level apart', () => {
    const gate = hierarchical({ groups: 2, outer: topK({ k: 1, weighting: counted() }), inner: counted() });
    expect([gate.inputs, gate.readsBatch]).toEqual([{ side: 'token' }, 'training']);
    const { routing, p } = routed(gate, 6, { inputs: { side } });
    expect(Object.keys(routing.observed!)).toEqual(['outer/tokens', 'inner/tokens']);
    const next = gate.update!(arrayGateOps(), p, routing.observed!, { experts: 6 });
    expect(mapNames(next, (value) => value.experts)).toEqual({ 'outer/seen': 2, 'inner/seen': 6 });
    expect(Object.keys(next).every((name) => gate.params(inputDim, 6)[name]!.state)).toBe(true);
    const half = hierarchical({ groups: 2, inner: counted() });
    const { seen } = {
      seen: half.update!(arrayGateOps(), p, routing.observed!, { experts: 6 })['inner/seen'],
    };
    expect(seen!.experts).toBe(6);
    expect(() => hierarchical({ groups: 2, outer: counted({ per: 'expert' }) })).toThrow(
      '[tfjs-moe] hierarchical: outer must take no side input with a number per expert. Received: "testCounted".',
    );
  });

  test('what has none of it passes on none', () => {
    for (const gate of [topK(), topP(), hierarchical({ groups: 2 })]) {
      expect([gate.inputs, gate.update, gate.readsBatch]).toEqual([undefined, undefined, undefined]);
      expect(routed(gate, 4).routing.observed).toBeUndefined();
    }
  });
});

describe('the choices of an earlier routing', () => {
  const gates = [
    topK({ k: 2 }),
    topK({ k: 2, selectionBias: true, weighting: 'sigmoid', weightScale: 2.5 }),
    groupLimitedTopK({ k: 2, groups: 2, keep: 1 }),
    topP({ p: 0.6 }),
    minP({ p: 0.6 }),
    switchGate(),
    noisyTopK({ k: 2 }),
  ];

  test.each(gates)('$kind: its own change nothing', (gate) => {
    expect(gate.replays).toBe(true);
    const { routing } = routed(gate, 4);
    const again = routed(gate, 4, { choices: routing.choices }).routing;
    expect(tableOf(again.weights)).toEqual(tableOf(routing.weights));
    expect(again.choices.map(tableOf)).toEqual(routing.choices.map(tableOf));
  });

  test.each(gates)('$kind: others are taken, with weights of this routing', (gate) => {
    const { expertsPerToken } = gate;
    const levels = Math.min(expertsPerToken(4), 2);
    const others = Array.from({ length: levels }, (_, level) =>
      arrayTable(rows.map((_row, t) => [0, 1, 2, 3].map((e) => Number(e === (t + level) % 4)))),
    );
    const { weights, choices } = routed(gate, 4, { choices: others }).routing;
    expect(choices.map(tableOf)).toEqual(others.map(tableOf));
    tableOf(weights).forEach((row, t) => {
      const sent = [0, 1, 2, 3].filter((e) => row[e]! > 0);
      expect(sent).toEqual(Array.from({ length: levels }, (_, level) => (t + level) % 4).sort());
    });
  });
});

test('a part that mixes tokens is refused', () => {
  const soft = defineGate('testMixing', () => ({
    ...softmax(),
    config: {},
    route: (): never => {
      throw new MoeError('testMixing', 'mixes');
    },
    mix: () => ({}) as never,
  }));
  const message = 'a part must route tokens, and not mix them. Received: "testMixing".';
  expect(() => topK({ weighting: soft() })).toThrow(`[tfjs-moe] topK: ${message}`);
  expect(() => hierarchical({ groups: 2, inner: soft() })).toThrow(`[tfjs-moe] hierarchical: ${message}`);
});
