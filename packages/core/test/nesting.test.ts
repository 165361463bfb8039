import { describe, expect, test } from 'vitest';
import { defineGate, type Gate, getGate } from '../src/gate.ts';
import type { Identifier } from '../src/identifier.ts';
import type { Config } from '../src/identity.ts';
import { limits } from '../src/limits.ts';
import { expectShallow, nestingOf } from '../src/nesting.ts';

/** A gate that may hold another. */
const shell = defineGate('nestingShell', ({ inner }: { inner?: Identifier<Gate> } = {}) => {
  const part = inner === undefined ? undefined : getGate(inner);
  return {
    config: part === undefined ? {} : { inner: part.config },
    params: () => ({}),
    expertsPerToken: () => 1,
    route: (ops, x) => ({ logits: x, scores: x, probabilities: x, choices: [x], weights: ops.exp(x) }),
  };
});

function configOf(depth: number): Config {
  let config: Config = { kind: 'nestingShell' };
  for (let level = 1; level < depth; level++) config = { kind: 'nestingShell', inner: config };
  return config;
}

test('nesting counts configs inside each other', () => {
  expect(nestingOf(3)).toBe(0);
  expect(nestingOf({ a: [1, { b: null }] })).toBe(0);
  expect(nestingOf(configOf(1))).toBe(1);
  expect(nestingOf([configOf(3), { kind: 'a' }])).toBe(3);
  expect(nestingOf({ kind: 'a', parts: [{ inner: configOf(2) }] })).toBe(3);
});

describe('gates inside gates', () => {
  const message = '[tfjs-moe] nestingShell: configs may lie inside each other 32 deep.';

  test('are made, and restored, as deep as the limit', () => {
    let gate = shell();
    for (let level = 1; level < limits.nesting; level++) gate = shell({ inner: gate });
    expect(nestingOf(gate.config)).toBe(limits.nesting);
    expect(getGate(JSON.parse(JSON.stringify(gate.config))).config).toEqual(gate.config);
    expect(() => shell({ inner: gate })).toThrow(message);
  });

  test.each([33, 1000, 100_000])('%i deep are refused at once, from objects and from a config', (depth) => {
    expect(() => getGate(configOf(depth), 'nestingShell')).toThrow(message);
    expect(() => shell({ inner: configOf(depth) })).toThrow('configs may lie inside each other 32 deep');
    expect(() => {
      let gate = shell();
      for (let level = 0; level < depth; level++) gate = shell({ inner: gate });
    }).toThrow(message);
  });
});

test('what contains itself is refused, and what is shared is looked at once', () => {
  const loop: Record<string, unknown> = { kind: 'a' };
  loop.left = loop;
  loop.right = [loop];
  expect(() => expectShallow('a', loop)).toThrow('configs may lie inside each other');
  let shared: object = { kind: 'a' };
  for (let level = 1; level < limits.nesting; level++) shared = { kind: 'a', left: shared, right: shared };
  expect(nestingOf(shared)).toBe(limits.nesting);
});
