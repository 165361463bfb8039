/**
 * Every router under every way of weighting: as many directions of the parameters are seen as the weights have derivatives.
 * With few experts for the inputs there are coincidences that no parameter shows by itself, so both sizes are tried.
 */
import type { Gate, Router } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import {
  cosineRouter,
  euclideanRouter,
  hierarchical,
  linearRouter,
  mlpRouter,
  sigmoid,
  softmax,
  temperature,
  topK,
} from '@tfjs-moe/gates';
import { gateGauge, inGauge, measureSpecs, unseenDirections } from '@tfjs-moe/measures';
import { derivativeRank, freePlacesOfGate } from '@tfjs-moe/measures/testing';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { randomMeasure, randomRows } from '../measures.ts';
import { wrappedGate } from '../wrapped.ts';

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

const perturbed = { epsilon1: 0.5, epsilon2: 0.2 };
const routers: readonly (readonly [string, () => Router])[] = [
  ['linear', () => linearRouter()],
  ['Euclidean', () => euclideanRouter()],
  ['cosine', () => cosineRouter()],
  ['cosine of a fixed temperature', () => cosineRouter({ learned: false })],
  ['perturbed cosine', () => cosineRouter(perturbed)],
  ['perturbed cosine of a fixed temperature', () => cosineRouter({ ...perturbed, learned: false })],
  ['mlp', () => mlpRouter({ hiddenUnits: 2 })],
  ['mlp without hidden layers', () => mlpRouter({ hiddenUnits: [] })],
  ['mlp that ends linearly', () => mlpRouter({ hiddenUnits: 1, outputActivation: 'identity' })],
  ['shared features', () => mlpRouter({ hiddenUnits: 2, shared: true, outputActivation: 'identity' })],
  [
    'shared ReLU features',
    () => mlpRouter({ hiddenUnits: 2, shared: true, activation: 'relu', outputActivation: 'identity' }),
  ],
];

const flat: readonly (readonly [string, (router: Router) => Gate])[] = [
  ['softmax', (router) => softmax({ router })],
  ['softmax without biases', (router) => softmax({ router, useBias: false })],
  ['sigmoid', (router) => sigmoid({ router })],
  ['normalised sigmoid', (router) => sigmoid({ router, normalize: true })],
  ['temperature', (router) => temperature({ router })],
  ['temperature without biases', (router) => temperature({ router, useBias: false })],
  ['fixed temperature', (router) => temperature({ router, learned: false })],
  ['top-1', (router) => topK({ k: 1, router })],
  ['top-2 of a temperature', (router) => topK({ weighting: temperature({ router }) })],
  ['temperature above a threshold', (router) => temperature({ router, threshold: 0.02 })],
  [
    'renormalised temperature above a threshold',
    (router) => temperature({ router, threshold: 0.02, renormalize: true }),
  ],
  ['top-2 of the theory', (router) => topK({ router, biasInSelection: false })],
];
const trees: typeof flat = [
  ['tree', (router) => hierarchical({ groups: 2, outer: softmax({ router }), inner: softmax({ router }) })],
  [
    'tree of a sigmoid and temperatures',
    (router) => hierarchical({ groups: 2, outer: sigmoid({ router }), inner: temperature({ router }) }),
  ],
];

const thresholdTrees: typeof flat = [
  [
    'tree with thresholds',
    (router) =>
      hierarchical({
        groups: 2,
        outer: softmax({ router }),
        inner: temperature({ router, threshold: 0.02 }),
      }),
  ],
  [
    'top-3 of a tree',
    (router) =>
      topK({
        k: 3,
        weighting: hierarchical({ groups: 2, outer: softmax({ router }), inner: temperature({ router }) }),
      }),
  ],
];

const sizes: readonly (readonly [number, number, typeof flat])[] = [
  [2, 4, [...flat, ...trees, ...thresholdTrees]],
  [3, 2, flat],
  [3, 4, trees],
];
const pairs = sizes.flatMap(([inputDim, experts, gates]) =>
  routers.flatMap(([router, make]) =>
    gates.map(([gate, over]) => [gate, router, inputDim, experts, over(make())] as const),
  ),
);

/** Some expert may not be selected, and some unit be off or on, at all rows; not at all of these numbers. */
const seeds = Array.from({ length: 16 }, (_, i) => i + 1);

/** The derivatives' rank and the number of free parameters; no more is looked for than is expected. */
function seen(gate: Gate, inputDim: number, experts: number, expected: number): number {
  const gauge = gateGauge(gate, inputDim, experts);
  const rows = randomRows(60, inputDim);
  let most = 0;
  for (const seed of seeds) {
    if (most === expected) break;
    const drawn = randomMeasure(gate, linear(), { seed, inputDim, experts });
    // Small biases leave every expert some rows.
    const near = Object.fromEntries(
      Object.entries(drawn.gateParams).map(([name, numbers]) => [
        name,
        /bias$/.test(name) ? numbers.map((value) => 0.2 * value) : numbers,
      ]),
    );
    const gateParams = inGauge(gauge, measureSpecs(drawn).gate, near);
    const measure = { ...drawn, gateParams };
    most = Math.max(
      most,
      derivativeRank(measure, ({ weights }) => weights, freePlacesOfGate(measure), rows),
    );
  }
  return most;
}

/** What a selection sees by a jump, and no derivative does: where the centres are that its scores are taken from. */
const jumps = ([gate, router]: (typeof pairs)[number]) =>
  gate === 'top-2 of the theory' && router === 'Euclidean';

describe('as many directions are seen as the weights have derivatives', () => {
  test.each(pairs.filter((pair) => !jumps(pair)))('%s over %s, %i inputs and %i experts', (...pair) => {
    const [, , inputDim, experts, gate] = pair;
    const shape = { gate, expert: linear(), inputDim, experts };
    expect(gateGauge(gate, inputDim, experts).isKnown).toBe(true);
    const unseen = unseenDirections(shape);
    const free = freePlacesOfGate(randomMeasure(gate, linear(), { inputDim, experts })).length;
    expect(free - unseen).toBe(seen(gate, inputDim, experts, free - unseen));
    expect(unseenDirections({ ...shape, gate: wrappedGate(gate) })).toBe(unseen);
  });

  test('and where a selection goes by the scores alone, centres are seen by the jumps', () => {
    const gate = topK({ router: euclideanRouter(), biasInSelection: false });
    const free = freePlacesOfGate(randomMeasure(gate, linear())).length;
    expect(free - seen(gate, 2, 4, free)).toBe(2);
    expect(unseenDirections({ gate, expert: linear(), inputDim: 2, experts: 4 })).toBe(0);
  });
});

test.each([
  [2, 3],
  [2, 4],
  [3, 4],
  [5, 3],
])(
  '%i unit vectors of %i inputs may be shifted and scaled together only while they are few',
  (experts, inputDim) => {
    const unseen = (router: Router) =>
      unseenDirections({ gate: softmax({ router }), expert: linear(), inputDim, experts });
    // s u_e + t is orthogonal to each u_e: E conditions on D + 1 numbers. The lengths come besides.
    expect(unseen(cosineRouter()) - experts).toBe(Math.max(0, inputDim + 1 - experts));
    expect(unseen(cosineRouter({ learned: false })) - experts).toBe(Math.max(0, inputDim - experts));
    expect(unseen(cosineRouter(perturbed))).toBe(inputDim + 1);
  },
);
