/** What JavaScript hands over instead of what the types say: each function that makes a part of a layer says what is wrong. */
import '@tensorflow/tfjs-backend-cpu';
import { MoeError } from '@tfjs-moe/core';
import * as experts from '@tfjs-moe/experts';
import * as gates from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import * as layers from '../src/index.ts';

const factories = Object.entries({ ...layers, ...gates, ...experts } as Record<string, unknown>).filter(
  (entry): entry is [string, (given: unknown) => unknown] =>
    typeof entry[1] === 'function' && !('className' in entry[1]),
);

test.each(factories)('%s', (name, make) => {
  for (const value of ['x', null, 3, [], undefined, {}, () => 1]) {
    // Nothing, or no options, stands for defaults where there are some.
    const mayBeLeftOut = value === undefined || JSON.stringify(value) === '{}';
    const isFunction = typeof value === 'function' && ['layerExperts', 'capacityDispatch'].includes(name);
    let error: unknown;
    try {
      make(value);
    } catch (thrown) {
      error = thrown;
    }
    if (error === undefined && (mayBeLeftOut || isFunction)) continue;
    expect(error, `${typeof value} ${JSON.stringify(value)}`).toBeInstanceOf(MoeError);
    expect((error as MoeError).who).toContain(name);
  }
});

test('every argument of a function that takes several is named', () => {
  const load = { tokens: 4, experts: 2, expertsPerToken: 1, factor: 1 };
  const call = (change: object) => () => layers.expertCapacity('megatron', { ...load, ...change } as never);
  expect(call({})()).toBe(2);
  for (const option of Object.keys(load)) {
    for (const value of ['x', {}, null, undefined])
      expect(call({ [option]: value })).toThrow(`[tfjs-moe] expertCapacity: load.${option} must be a finite`);
  }
  expect(() => layers.expertCapacity('x' as never, load)).toThrow('unknown convention');
});
