import { describe, expect, test } from 'vitest';
import { mapNames, type ParamSpec, paramSize, prefixed, replicate, scoped } from '../src/params.ts';

const kernel: ParamSpec = { shape: [3, 4], initializer: { kind: 'zeros' } };
const temperature: ParamSpec = { shape: [1], initializer: { kind: 'ones' }, shared: true };

describe('params', () => {
  test('replicate gives every expert a copy of what is not shared', () => {
    expect(mapNames(replicate({ kernel, temperature }, 8), ({ copies }) => copies)).toEqual({
      kernel: 8,
      temperature: 1,
    });
  });

  test('scoped is the inverse of prefixed', () => {
    const named = { kernel: 1, bias: 2 };
    const path = prefixed('outer', prefixed('router', named));
    expect(path).toEqual({ 'outer/router/kernel': 1, 'outer/router/bias': 2 });
    expect(scoped('router', scoped('outer', path))).toEqual(named);
  });

  test('scoped takes whole words only', () => {
    expect(scoped('router', { 'router/a': 1, 'routers/a': 2, router: 3, 'x/router/a': 4 })).toEqual({ a: 1 });
  });

  test('paramSize counts one copy', () => {
    expect([paramSize(kernel), paramSize(temperature)]).toEqual([12, 1]);
  });
});
