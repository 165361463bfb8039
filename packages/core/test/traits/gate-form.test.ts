import { describe, expect, test } from 'vitest';
import { defineRouter } from '../../src/router.ts';
import { formUnder, type GateForm } from '../../src/traits/gate-form.ts';

const router = defineRouter('formRouter', () => ({
  config: {},
  params: (inputDim) => ({ kernel: { shape: [inputDim], initializer: { kind: 'zeros' } } }),
  logit: (ops, x, p) => ops.dot(x, p.kernel),
}))();

describe('a form under a path', () => {
  test('has every name under it, in all levels', () => {
    const flat: GateForm = { type: 'competitive', router, path: 'router', bias: 'bias', temperature: 'tau' };
    const selecting: GateForm = {
      type: 'sigmoid',
      router,
      path: '',
      normalized: false,
      selection: { k: 1, by: 'weights', bias: 'extra', renormalized: false },
    };
    const moved = formUnder('inner', { type: 'hierarchical', groups: 2, outer: flat, inner: selecting });
    expect(moved).toMatchObject({
      groups: 2,
      outer: { path: 'inner/router', bias: 'inner/bias', temperature: 'inner/tau' },
      inner: { path: 'inner', normalized: false, selection: { k: 1, bias: 'inner/extra' } },
    });
  });

  test('names nothing that was not named', () => {
    const moved = formUnder('outer', { type: 'competitive', router, path: 'router' });
    expect(Object.values(moved).filter((value) => typeof value === 'string')).toEqual([
      'competitive',
      'outer/router',
    ]);
  });
});
