import {
  type ArrayValue,
  arrayGateOps,
  type Gate,
  type ParamSpecs,
  type Routing,
  type Stream,
  stream,
  tableOf,
} from '@tfjs-moe/core';
import { assert, assertClose, assertFinite, type Runner, valuesOf } from '@tfjs-moe/core/testing';
import { noNoise, selectedBy, tables } from './routing-tables.ts';

/** How a gate under test is asked. */
export interface GateRun {
  readonly x?: number[][];
  readonly by?: Gate;
  readonly training?: boolean;
  readonly mask?: number[];
  readonly random?: Stream;
  readonly choices?: readonly ArrayValue[];
}

/** A gate under test: numbers for its parameters, tokens, and what it says of them. */
export interface GateUnderTest {
  readonly experts: number;
  readonly rows: number[][];
  readonly specs: ParamSpecs;
  drawn(seed: number): Record<string, Float64Array>;
  route(data: Record<string, Float64Array>, run?: GateRun): Routing<ArrayValue>;
}

/** Holds a gate to what it has beside its formula: whether it reads the batch, replayed choices, and its state. */
export function testGateMembers(
  test: Runner['test'],
  gate: Gate,
  { experts, rows, specs, drawn, route }: GateUnderTest,
): void {
  const { readsBatch = 'never' } = gate;

  if (readsBatch === 'always') {
    test('reads the batch, as it says', () => {
      assert(!sameAlone(), 'readsBatch is always, and every token is routed alone as in a batch');
    });
  } else {
    test('routes a token alone as in a batch', () => {
      const together = route(drawn(5), { random: noNoise });
      rows.forEach((row, t) => {
        const alone = route(drawn(5), { x: [row], random: noNoise });
        for (const [name, value] of tables(together)) {
          const expected = tables(alone).get(name)!;
          assertClose(tableOf(value)[t]!, expected.data, `${name} of token ${t} alone`);
        }
      });
    });
  }

  if (gate.replays) {
    test('uses the choices of an earlier routing', () => {
      const first = route(drawn(12));
      const again = route(drawn(12), { choices: first.choices });
      assertClose(again.weights.data, first.weights.data, 'weights of a routing with its own choices', 0);
      const others = route(drawn(13)).choices;
      const replayed = route(drawn(12), { choices: others });
      assertClose(selectedBy(replayed.choices).data, selectedBy(others).data, 'given selection', 0);
      replayed.weights.data.forEach((weight, i) => {
        assert(weight === 0 || selectedBy(others).data[i] === 1, 'a weight outside the given choices');
      });
    });
  }

  if (gate.update !== undefined) {
    test('updates its state, and nothing else', () => {
      const { observed = {} } = route(drawn(14), { training: true, random: stream(14) });
      const ops = arrayGateOps({ random: noNoise });
      const next = gate.update!(ops, valuesOf(specs, drawn(14)), observed, { experts });
      for (const [name, value] of Object.entries(next)) {
        const spec = specs[name];
        assert(spec?.state === true, `update returns ${name}, which is no parameter that is state`);
        const size = spec.copies * spec.shape.reduce((product, length) => product * length, 1);
        assert(value.data.length === size, `${name} has ${value.data.length} numbers instead of ${size}`);
        assertFinite(value.data, name);
      }
    });
  }

  /** Whether every token is routed alone as with the others. */
  function sameAlone(): boolean {
    const together = tableOf(route(drawn(5)).weights);
    return rows.every((row, t) => {
      const alone = route(drawn(5), { x: [row] }).weights.data;
      return alone.every((weight, e) => Math.abs(weight - together[t]![e]!) < 1e-9);
    });
  }
}
