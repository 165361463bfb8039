import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import golden from '../../gates/test/golden/golden-moe.json' with { type: 'json' };
import { type CapacityConvention, capacityFunction } from '../src/capacity.ts';
import { capacityConventions, expertCapacity } from '../src/index.ts';

const table = golden['C_capacity_T10_E4_K2_cf1.25'];
const load = { tokens: 10, experts: 4, expertsPerToken: 2, factor: 1.25 };

describe('golden: ten tokens, four experts, two each, factor 1.25', () => {
  test.each<[CapacityConvention, number]>([
    ['vmoe', table['vmoe ceil(T*K*cf/E), up to mult of 4']],
    ['flaxformer', table['flaxformer max(round(cf*T/E),4) (no K)']],
    ['lucidrains', table['lucidrains max(min(T,int(T*cf/E)),4) (no K)']],
    ['deepspeed', table['DeepSpeed topk max(ceil(T/E*cf*K),4)']],
    ['deepspeedTop1', table['DeepSpeed top1 max(ceil(T/E*cf),4)']],
    ['megatron', table['Megatron ceil(T*K/E*cf)']],
    ['tutel', table['Tutel K*int(cf*ceil(T/E))']],
    ['megablocks', table['Megablocks int(cf*K*T/E)']],
    ['axlearn', table['axlearn int(T*cf/E) up to mult 4 (no K)']],
  ])('%s: %i', (convention, expected) => {
    expect(expertCapacity(convention, load)).toBe(expected);
  });

  test('fastmoe, at its rate of 1.2', () => {
    const expected = table['FastMoE gshard ceil(rate*T)*K//E (rate 1.2)'];
    expect(expertCapacity('fastmoe', { ...load, factor: 1.2 })).toBe(expected);
  });
});

// Loads at which the floor of 4, the multiple of 4 and the rounding direction show, worked out by hand.
test.each<[CapacityConvention, Partial<typeof load>, number]>([
  ['megatron', { tokens: 100, factor: 1 }, 50],
  ['megatron', { tokens: 9, expertsPerToken: 1, factor: 1 }, 3],
  ['vmoe', { tokens: 32, factor: 1 }, 16],
  ['vmoe', { tokens: 33, factor: 1 }, 20],
  ['deepspeed', { tokens: 4, expertsPerToken: 1, factor: 1 }, 4],
  ['deepspeedTop1', { tokens: 41, factor: 1 }, 11],
  ['tutel', { tokens: 9, factor: 1.5 }, 8],
  ['megablocks', { tokens: 1, expertsPerToken: 1, factor: 1 }, 0],
  ['flaxformer', { tokens: 18, factor: 1 }, 4],
  ['flaxformer', { tokens: 22, factor: 1 }, 6],
  ['flaxformer', { tokens: 21, factor: 1 }, 5],
  ['lucidrains', { tokens: 3, factor: 100 }, 4],
  ['lucidrains', { tokens: 20, factor: 100 }, 20],
  ['fastmoe', { tokens: 9, factor: 1.2 }, 5],
  ['axlearn', { tokens: 40, factor: 1 }, 12],
])('%s at %o: %i', (convention, other, expected) => {
  expect(expertCapacity(convention, { ...load, ...other })).toBe(expected);
});

test('every convention grows with the factor and answers with an integer', () => {
  const anyLoad = fc.record({
    tokens: fc.integer({ min: 1, max: 300 }),
    experts: fc.integer({ min: 1, max: 16 }),
    expertsPerToken: fc.integer({ min: 1, max: 4 }),
    factor: fc.double({ min: 0.1, max: 4, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...capacityConventions), anyLoad, (convention, at) => {
      const capacity = expertCapacity(convention, at);
      expect(Number.isInteger(capacity) && capacity >= 0).toBe(true);
      expect(expertCapacity(convention, { ...at, factor: 2 * at.factor })).toBeGreaterThanOrEqual(capacity);
    }),
    { seed: 1 },
  );
});

test('a factor of 1 has room for a balanced batch under the default convention', () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 16 }),
    fc.integer({ min: 1, max: 4 }),
  );
  fc.assert(
    fc.property(sizes, ([tokens, experts, perToken]) => {
      const capacity = capacityFunction('moe', { factor: 1 }, experts, perToken)(tokens);
      expect(capacity * experts).toBeGreaterThanOrEqual(tokens * perToken);
      expect((capacity - 1) * experts).toBeLessThan(tokens * perToken);
    }),
    { seed: 1 },
  );
});

describe('the option', () => {
  test('may be a number of tokens', () => {
    const capacityOf = capacityFunction('moe', 3, 4, 2);
    expect([1, 10, 100].map(capacityOf)).toEqual([3, 3, 3]);
  });

  test('may name a convention', () => {
    expect(capacityFunction('moe', { factor: 1.25, convention: 'vmoe' }, 4, 2)(10)).toBe(8);
  });

  test.each([
    [0, '[tfjs-moe] moe: capacity must be an integer of at least 1. Received: 0.'],
    [
      1.5,
      '[tfjs-moe] moe: capacity must be an integer of at least 1, tokens per expert; a factor of the balanced load is { factor: 1.5 }. Received: 1.5.',
    ],
    [
      '2',
      '[tfjs-moe] moe: capacity must be a number of tokens or { factor, convention, priority }. Received: "2".',
    ],
    [{ factor: 0 }, '[tfjs-moe] moe: capacity.factor must be a finite number above 0. Received: 0.'],
    [{}, '[tfjs-moe] moe: capacity.factor must be a finite number above 0. Received: undefined.'],
    [
      { factor: 1, round: 'up' },
      '[tfjs-moe] moe: capacity: unknown option "round"; known options are factor, convention, priority.',
    ],
    [
      { factor: 1, convention: 'gshard' },
      /capacity\.convention must be one of 'megatron', .* Received: "gshard"/,
    ],
  ])('%o is refused', (capacity, message) => {
    expect(() => capacityFunction('moe', capacity as never, 4, 2)).toThrow(message);
  });
});
