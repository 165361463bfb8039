import { arrayGateOps, arrayInput, tableOf } from '@tfjs-moe/core';
import { valuesOf } from '@tfjs-moe/core/testing';
import { dselectK } from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { golden } from './golden-cases.ts';

const runner = { describe, test };
testGate(runner, dselectK(), { experts: 8, permutable: false });
testGate(runner, dselectK({ k: 3, gamma: 5, perToken: false }), { experts: 4, permutable: false });
testGate(runner, dselectK({ k: 1, gamma: 10 }), { experts: 1, permutable: false });

/** The weights of the gate that does not see the token, from its digits and shares. */
function weightsOf(z: number[][], w: number[], gamma: number): number[] {
  const gate = dselectK({ k: z.length, gamma, perToken: false });
  const experts = 2 ** z[0]!.length;
  const specs = gate.params(1, experts);
  const data = Object.fromEntries([
    ...z.flatMap((digits, i) =>
      digits.map((value, j) => [`selector_${i + 1}/digit_${j + 1}/bias`, Float64Array.of(value)] as const),
    ),
    ...w.map((value, i) => [`selector_${i + 1}/share/bias`, Float64Array.of(value)] as const),
  ]);
  const context = { experts, training: false };
  return tableOf(gate.route(arrayGateOps(), arrayInput([[0]]), valuesOf(specs, data), context).weights)[0]!;
}

describe('dselectK', () => {
  test('has the golden numbers', () => {
    const { in: given, out } = golden.dselect_k;
    weightsOf(given.z, given.w, given.gamma).forEach((weight, e) => {
      expect(weight).toBeCloseTo(out.gate[e], 14);
    });
  });

  test('selects at most k experts, exactly, where every step is over', () => {
    const digit = fc
      .double({ min: 0.5, max: 1e6, noNaN: true })
      .chain((size) => fc.constantFrom(size, -size));
    const selector = fc.array(digit, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(selector, { minLength: 1, maxLength: 3 }), (z) => {
        const weights = weightsOf(
          z,
          z.map(() => 0),
          1,
        );
        const wanted = new Set(
          z.map((digits) => Number.parseInt(digits.map((d) => (d > 0 ? 1 : 0)).join(''), 2)),
        );
        expect(weights.flatMap((weight, e) => (weight > 0 ? [e] : []))).toEqual(
          [...wanted].sort((a, b) => a - b),
        );
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  test('starts undecided', () => {
    const bounds = Object.entries(dselectK().params(3, 4)).map(([name, { initializer }]) => [
      name,
      initializer,
    ]);
    expect(Object.fromEntries(bounds)['selector_1/digit_2/kernel']).toEqual({
      kind: 'randomUniform',
      min: -0.01,
      max: 0.01,
    });
  });

  test('refuses numbers of experts that codes do not fill', () => {
    expect(() => dselectK().params(3, 6)).toThrow(
      '[tfjs-moe] dselectK: the number of experts must be a power of 2. Received: 6.',
    );
  });
});
