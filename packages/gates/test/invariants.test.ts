/** What every gate promises, for gates composed at random. */
import { arrayGateOps, arrayInput, type Gate, getGate, type Json, stream, tableOf } from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import {
  hierarchical,
  minP,
  noisyTopK,
  pointwise,
  sigmoid,
  softmax,
  switchGate,
  temperature,
  topK,
  topP,
} from '@tfjs-moe/gates';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const router = fc.constantFrom('linear', 'mlp', 'cosine', 'euclidean');
const renormalize = fc.constantFrom('beforeDrop', 'afterDrop', 'never');
const options = { router, useBias: fc.boolean() };

function dense(experts: number): fc.Arbitrary<Gate> {
  return fc.oneof(
    fc.record(options).map(softmax),
    fc.record({ ...options, normalize: fc.boolean() }).map(sigmoid),
    fc
      .record({
        ...options,
        activation: fc.constantFrom('relu', 'softplus', 'sqrtSoftplus'),
        normalize: fc.boolean(),
      })
      .map(pointwise),
    fc
      .record({
        ...options,
        temperature: fc.double({ min: 0.1, max: 5, noNaN: true }),
        noise: fc.constantFrom('gumbel', 'none'),
        // A float32, as every number of a config has to be.
        threshold: fc.double({ min: 0, max: 0.9 / experts, noNaN: true }).map(Math.fround),
        renormalize: fc.boolean(),
      })
      .map(temperature),
  );
}

function sparse(experts: number): fc.Arbitrary<Gate> {
  const k = fc.integer({ min: 1, max: experts });
  return fc.oneof(
    fc.record({ k, renormalize, weighting: dense(experts), selectionBias: fc.boolean() }).map(topK),
    fc
      .record({
        ...options,
        k,
        renormalize,
        loadThreshold: fc.constantFrom('shazeer', 'vmoe'),
        noise: fc.constantFrom('learned' as const, { stddev: 1 }),
      })
      .map(noisyTopK),
    fc.record({ ...options, jitter: fc.constantFrom(0, 0.1) }).map(switchGate),
    fc
      .record({ p: fc.constantFrom(0.25, 0.75), weighting: dense(experts), renormalize: fc.boolean() })
      .chain((cut) => fc.constantFrom(topP(cut), minP(cut))),
  );
}

/** Any gate over so many experts, hierarchical ones up to a depth. */
function anyGate(experts: number, depth: number): fc.Arbitrary<Gate> {
  const flat = fc.oneof(dense(experts), sparse(experts));
  if (depth === 0) return flat;
  const divisors = [1, 2, 3, 4, 6].filter((groups) => experts % groups === 0);
  const tree = fc
    .constantFrom(...divisors)
    .chain((groups) =>
      fc.record({
        groups: fc.constant(groups),
        outer: anyGate(groups, 0),
        inner: anyGate(experts / groups, depth - 1),
      }),
    )
    .map(hierarchical);
  return fc.oneof(flat, tree);
}

const EXPERTS = 12;
const INPUTS = 3;

function route(gate: Gate, seed: number, training: boolean) {
  const specs = gate.params(INPUTS, EXPERTS);
  const values = valuesOf(specs, drawnData(specs, seed));
  const ops = arrayGateOps({ random: stream(seed) });
  return gate.route(ops, arrayInput(drawnRows(4, INPUTS, seed)), values, { experts: EXPERTS, training });
}

describe('every gate', () => {
  test('returns a distribution, disjoint masks, and weights inside them alone', () => {
    fc.assert(
      fc.property(anyGate(EXPERTS, 2), fc.nat(1000), fc.boolean(), (gate, seed, training) => {
        const { probabilities, choices, weights, load } = route(gate, seed, training);
        const most = gate.expertsPerToken(EXPERTS);
        const masks = choices.map(tableOf);
        tableOf(probabilities).forEach((row, t) => {
          expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
          const counts = row.map((_, e) => masks.reduce((sum, mask) => sum + mask[t]![e]!, 0));
          expect(Math.max(...counts)).toBeLessThanOrEqual(1);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(most);
          tableOf(weights)[t]?.forEach((weight, e) => {
            expect(weight).toBeGreaterThanOrEqual(0);
            if (counts[e] === 0) expect(weight).toBe(0);
          });
        });
        for (const chance of load?.data ?? []) expect(Math.abs(chance - 0.5)).toBeLessThanOrEqual(0.5);
      }),
      { numRuns: 300 },
    );
  });

  test('is its config', () => {
    fc.assert(
      fc.property(anyGate(EXPERTS, 2), fc.nat(1000), (gate, seed) => {
        const again = getGate(
          JSON.parse(JSON.stringify(gate.config)) as { kind: string; [option: string]: Json },
        );
        expect(again.config).toEqual(gate.config);
        expect(again.params(INPUTS, EXPERTS)).toEqual(gate.params(INPUTS, EXPERTS));
        expect(route(again, seed, true).weights).toEqual(route(gate, seed, true).weights);
      }),
    );
  });

  test('does not renormalise after drops what does not sum to 1 before', () => {
    fc.assert(
      fc.property(anyGate(EXPERTS, 2), fc.nat(1000), (gate, seed) => {
        const { weights, renormalizeAfterDrop } = route(gate, seed, false);
        if (!renormalizeAfterDrop) return;
        for (const row of tableOf(weights))
          expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
      }),
    );
  });
});
