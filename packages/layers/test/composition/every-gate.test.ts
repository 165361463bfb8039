/** Every gate where tfjs does most around a layer: inside a layer that is inside a model, called often, or at every time step. */
import '@tensorflow/tfjs-backend-cpu';
import '../../src/soft.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Gate } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import * as gates from '@tfjs-moe/gates';
import { beforeAll, describe, expect, test } from 'vitest';
import { type MixtureOfExpertsArgs, sparsityLoss } from '../../src/index.ts';
import { testLayerComposition } from '../../src/testing/index.ts';

/** Of each kind one gate. */
const table: Readonly<Record<string, Gate>> = {
  softmax: gates.softmax(),
  sigmoid: gates.sigmoid({ normalize: true }),
  pointwise: gates.pointwise(),
  temperature: gates.temperature({ noise: 'gumbel', threshold: 0.1 }),
  topK: gates.topK({ k: 2, selectionBias: true }),
  topP: gates.topP({ p: 0.6 }),
  minP: gates.minP({ renormalize: true }),
  noisyTopK: gates.noisyTopK({ k: 2 }),
  switchGate: gates.switchGate({ jitter: 0.2 }),
  hierarchical: gates.hierarchical({ groups: 2, inner: gates.reMoe({ k: 1 }) }),
  groupLimitedTopK: gates.groupLimitedTopK({ groups: 2, keep: 1 }),
  lossFree: gates.lossFree({ gate: gates.topK({ selectionBias: true }), speed: 0.1 }),
  expertChoice: gates.expertChoice({ capacityFactor: 1 }),
  expertThreshold: gates.expertThreshold({ k: 1 }),
  quantileBalancing: gates.quantileBalancing({ k: 1, weighting: 'sigmoid' }),
  reMoe: gates.reMoe({ k: 2, initialCoefficient: 0.1 }),
  sinkhorn: gates.sinkhorn({ k: 2 }),
  sequenceTopK: gates.sequenceTopK({ k: 1, per: 'batch' }),
  dselectK: gates.dselectK({ gamma: 4 }),
  sparseMixer: gates.sparseMixer({ jitter: 0.4 }),
  mixtureOfDepths: gates.mixtureOfDepths({ per: 'batch', capacity: 0.5 }),
  productKeys: gates.topK({ weighting: gates.productKeys({ keySize: 2 }) }),
  softMoe: gates.softMoe({ slots: 2, per: 'batch' }),
};
/** Asks for a list of inputs, which no place of the matrix hands on. */
const withSides = ['hash'];

const more: Readonly<Record<string, Partial<MixtureOfExpertsArgs>>> = {
  reMoe: { balance: [sparsityLoss()] },
  mixtureOfDepths: { experts: 1 },
};

test('every kind of gate is in the table', () => {
  const kinds = Object.entries(gates).flatMap(([name, factory]) =>
    'kind' in factory && !name.endsWith('Router') ? [factory.kind as string] : [],
  );
  expect([...Object.keys(table), ...withSides].sort()).toEqual(kinds.sort());
});

const runner = (...places: readonly string[]) => ({
  describe(name: string, body: () => void) {
    if (places.some((place) => name.endsWith(` in ${place}`))) describe(name, body);
  },
  test,
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

for (const [kind, gate] of Object.entries(table)) {
  // At every time step a gate has another batch.
  const knowsBatches = gate.readsBatch !== undefined || gate.update !== undefined;
  testLayerComposition(
    runner('a layer of its own in a siamese encoder', ...(knowsBatches ? ['timeDistributed'] : [])),
    { gate, expert: linear(), ...more[kind] } as never,
    kind,
  );
}
