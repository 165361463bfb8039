import { describe, expect, test } from 'vitest';
import { arrayOps } from '../../src/array/array-ops.ts';
import { type ArrayValue, arrayInput, arrayParam, arrayTable, at, tableOf } from '../../src/array/value.ts';
import { drawnRows } from '../../src/testing/index.ts';

const initializer = { kind: 'zeros' } as const;
const vector = (copies: number, features: number, seed: number) =>
  arrayParam({ shape: [features], initializer }, copies, drawnRows(copies, features, seed).flat());
const kernel = (copies: number, rows: number, features: number, seed: number) =>
  arrayParam(
    { shape: [rows, features], initializer },
    copies,
    drawnRows(copies * rows, features, seed).flat(),
  );

/** The shape [tokens, experts, features]. */
const shapeOf = ({ tokens, experts, features }: ArrayValue) => [tokens, experts, features];

describe('arrayOps', () => {
  const x = arrayInput(drawnRows(5, 3, 1));
  const w = vector(4, 3, 2);

  test.each([
    ['add', (a: number, b: number) => a + b],
    ['sub', (a: number, b: number) => a - b],
    ['mul', (a: number, b: number) => a * b],
    ['div', (a: number, b: number) => a / b],
  ] as const)('%s broadcasts tokens against experts', (name, of) => {
    const result = arrayOps[name](x, w);
    expect(shapeOf(result)).toEqual([5, 4, 3]);
    for (let t = 0; t < 5; t++) {
      for (let e = 0; e < 4; e++) {
        for (let f = 0; f < 3; f++) {
          expect(at(result, t, e, 0, f)).toBe(of(at(x, t, 0, 0, f), at(w, 0, e, 0, f)));
        }
      }
    }
  });

  test('one feature broadcasts against many', () => {
    const norm = arrayOps.sqrt(arrayOps.dot(x, x));
    expect(shapeOf(norm)).toEqual([5, 1, 1]);
    expect(shapeOf(arrayOps.div(x, norm))).toEqual([5, 1, 3]);
    expect(shapeOf(arrayOps.add(x, arrayOps.constant(2)))).toEqual([5, 1, 3]);
  });

  test('take picks features in any order, as often as they are named', () => {
    const taken = arrayOps.take(x, [2, 0, 2]);
    expect(shapeOf(taken)).toEqual([5, 1, 3]);
    for (let t = 0; t < 5; t++)
      expect([0, 1, 2].map((f) => at(taken, t, 0, 0, f))).toEqual([2, 0, 2].map((f) => at(x, t, 0, 0, f)));
  });

  test('dot contracts the features', () => {
    const result = tableOf(arrayOps.dot(x, w));
    for (let t = 0; t < 5; t++) {
      for (let e = 0; e < 4; e++) {
        let sum = 0;
        for (let f = 0; f < 3; f++) sum += at(x, t, 0, 0, f) * at(w, 0, e, 0, f);
        expect(result[t]?.[e]).toBeCloseTo(sum, 14);
      }
    }
  });

  test.each([true, false])('affine is a product with every kernel, bias: %s', (biased) => {
    const k = kernel(4, 3, 2, 3);
    const b = vector(4, 2, 4);
    const y = arrayOps.affine(x, k, biased ? b : undefined);
    expect(shapeOf(y)).toEqual([5, 4, 2]);
    for (let t = 0; t < 5; t++) {
      for (let e = 0; e < 4; e++) {
        for (let h = 0; h < 2; h++) {
          let sum = biased ? at(b, 0, e, 0, h) : 0;
          for (let d = 0; d < 3; d++) sum += at(x, t, 0, 0, d) * at(k, 0, e, d, h);
          expect(at(y, t, e, 0, h)).toBeCloseTo(sum, 14);
        }
      }
    }
  });

  test('affine with a shared kernel gives every expert its own bias', () => {
    const shared = kernel(1, 3, 2, 3);
    const b = vector(4, 2, 4);
    const y = arrayOps.affine(x, shared, b);
    expect(shapeOf(y)).toEqual([5, 4, 2]);
    const unbiased = arrayOps.affine(x, shared);
    for (let e = 0; e < 4; e++) {
      expect(at(y, 2, e, 0, 1)).toBeCloseTo(at(unbiased, 2, 0, 0, 1) + at(b, 0, e, 0, 1), 14);
    }
  });

  test('affine ends with the activation that is named', () => {
    const [k, b] = [kernel(4, 3, 2, 3), vector(4, 2, 4)];
    const plain = arrayOps.affine(x, k, b);
    expect(arrayOps.affine(x, k, b, 'tanh')).toEqual(arrayOps.activation('tanh', plain));
    expect(arrayOps.affine(x, k, undefined, 'relu')).toEqual(
      arrayOps.activation('relu', arrayOps.affine(x, k)),
    );
  });

  test('log is the logarithm, at 0 that of the smallest number, so that 0 log 0 is 0', () => {
    const a = arrayTable([[0, 1, Math.E, 1e-320, -1, Number.NaN, Infinity]]);
    const smallest = -1022 * Math.LN2;
    const expected = [smallest, 0, 1, Math.log(1e-320), Number.NaN, Number.NaN, Infinity];
    expect([...arrayOps.log(a).data]).toEqual(expected);
    expect(arrayOps.mul(arrayOps.constant(0), arrayOps.log(arrayOps.constant(0))).data[0]).toBeCloseTo(0, 15);
  });

  test('exp, sqrt and activations go element by element', () => {
    const a = arrayTable([
      [0, 1],
      [4, 9],
    ]);
    expect([...arrayOps.exp(a).data]).toEqual([0, 1, 4, 9].map(Math.exp));
    expect([...arrayOps.sqrt(a).data]).toEqual([0, 1, 2, 3]);
    expect([...arrayOps.activation('tanh', a).data]).toEqual([0, 1, 4, 9].map(Math.tanh));
  });

  test('sizes that do not fit are errors', () => {
    expect(() => arrayOps.add(x, vector(1, 2, 5))).toThrow(
      '[tfjs-moe] arrayOps: two values differ in their features: 3 and 2.',
    );
    expect(() => arrayOps.affine(x, kernel(1, 2, 2, 6))).toThrow('features in: 3 and 2');
    expect(() => arrayOps.add(x, arrayInput(drawnRows(4, 3, 1)))).toThrow('tokens: 5 and 4');
  });
});
