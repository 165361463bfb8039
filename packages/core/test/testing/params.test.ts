import { describe, expect, test } from 'vitest';
import { type GateParamSpec, stream } from '../../src/index.ts';
import { assertSpecs, drawnData, drawnRows, valuesOf } from '../../src/testing/index.ts';

const spec: GateParamSpec = { shape: [2, 3], initializer: { kind: 'zeros' }, copies: 4 };

describe('assertSpecs', () => {
  test('passes what is well formed', () => {
    expect(() =>
      assertSpecs({ 'outer/router/layer_1/kernel': spec, bias: { ...spec, shape: [1] } }),
    ).not.toThrow();
  });

  test.each([
    [{ 'a//b': spec }, 'words joined by slashes'],
    [{ kernel_1: spec }, 'ends in a number'],
    [{ a: { ...spec, shape: [1, 2, 3] } }, 'one or two sizes'],
    [{ a: { ...spec, shape: [0] } }, 'positive integers'],
    [{ a: { ...spec, initializer: { kind: 'one' } } }, 'must be an initializer'],
    [{ a: { ...spec, constraint: { min: 1 } } }, 'breaks its constraint'],
  ])('%# is caught', (specs, message) => {
    expect(() => assertSpecs(specs as never)).toThrow(message);
  });
});

describe('drawn values', () => {
  test('have the stored size, differ between copies and respect constraints', () => {
    const bounded = { ...spec, constraint: { min: -0.1, max: 0.1 } };
    const { a, b } = drawnData({ a: spec, b: bounded }, 1) as { a: Float64Array; b: Float64Array };
    expect(new Set(a).size).toBe(24);
    expect(b.every((value) => value >= -0.1 && value <= 0.1)).toBe(true);
    expect(drawnData({ a: spec }, 1).a).toEqual(a);
    expect(valuesOf({ a: spec }, { a }).a).toMatchObject({ tokens: 1, experts: 4, rows: 2, features: 3 });
  });

  test('rows are scaled normals', () => {
    const draw = stream(3, 'rows');
    expect(drawnRows(2, 2, 3, 10)).toEqual([
      [10 * draw.normal(), 10 * draw.normal()],
      [10 * draw.normal(), 10 * draw.normal()],
    ]);
  });
});
