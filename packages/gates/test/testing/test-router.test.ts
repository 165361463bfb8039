import { type ArrayValue, defineRouter, type Ops, type RouterDefinition } from '@tfjs-moe/core';
import { testRouter } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { failing } from '../../../core/test/failing.ts';

const vector = (size: number) => ({ shape: [size], initializer: { kind: 'heNormal' } }) as const;

const sound: RouterDefinition = {
  config: {},
  params: (inputDim) => ({ kernel: vector(inputDim) }),
  logit: <V>(ops: Ops<V>, x: V, p: Record<string, V>) => ops.dot(x, p.kernel!),
};

function broken(change: Partial<RouterDefinition>): string[] {
  const router = defineRouter('suiteRouter', () => ({ ...sound, ...change }))();
  return failing((runner) => testRouter(runner, router));
}

const meddling = (meddle: (z: ArrayValue) => ArrayValue): Partial<RouterDefinition> => ({
  logit: <V>(ops: Ops<V>, x: V, p: Record<string, V>) =>
    meddle(ops.dot(x, p.kernel!) as unknown as ArrayValue) as unknown as V,
});

describe('testRouter', () => {
  test('passes a sound router', () => {
    expect(broken({})).toEqual([]);
  });

  test.each([
    ['has well-formed parameters for any number of features', { params: () => ({ kernel: vector(0) }) }],
    ['returns one score per expert', { logit: (ops, x, p) => ops.mul(x, p.kernel as never) }],
    [
      'is finite at ordinary, large and zero inputs',
      { logit: (ops, x, p) => ops.exp(ops.dot(x, p.kernel as never)) },
    ],
    [
      "scores each expert with that expert's parameters alone",
      meddling((z) => ({ ...z, data: z.data.map((v) => v - z.data[0]!) })),
    ],
    [
      'scores each token by that token alone',
      meddling((z) => ({ ...z, data: z.data.map((v) => v * z.tokens) })),
    ],
    ['has no idle parameter', { params: (d: number) => ({ kernel: vector(d), spare: vector(1) }) }],
  ] as [string, Partial<RouterDefinition>][])('catches a router that breaks: %s', (name, change) => {
    expect(broken(change)).toContain(name);
  });
});
