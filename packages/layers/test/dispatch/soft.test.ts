/** Soft plans: slots that are mixtures of tokens, against the formula on plain numbers. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import {
  type AnyParams,
  arrayInput,
  arrayOps,
  defineGate,
  type GateOps,
  MoeError,
  type Named,
  replicate,
} from '@tfjs-moe/core';
import { drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { constant, ffn } from '@tfjs-moe/experts';
import { describe, expect, test } from 'vitest';
import { layerExperts, type MixtureOfExpertsArgs, mixtureOfExperts, switchLoss } from '../../src/index.ts';
import { centralDifferences } from '../../src/testing/index.ts';
import { assertNear } from '../../src/testing/layer-assertions.ts';
import { onEveryBackend } from '../backends.ts';
import '../../src/soft.ts';

/** Logits $x \cdot \varphi_s$ of slots, without more. */
const plainSoft = defineGate(
  'testSoft',
  ({ slots, perSequence }: { slots: number; perSequence: boolean }) => ({
    config: { slots, perSequence },
    readsBatch: 'always',
    expertsPerToken: (experts) => experts,
    params: (inputDim, experts) => ({
      phi: { shape: [inputDim], initializer: { kind: 'glorotUniform' }, copies: experts * slots },
    }),
    route(): never {
      throw new MoeError('testSoft', 'sends mixtures of tokens to the experts and routes none');
    },
    mix<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>) {
      const logits = ops.dot(x, p.phi!);
      const over = perSequence ? ops.inSequences() : ops;
      return { logits, dispatch: over.softmaxTokens(logits), combine: ops.softmax(logits), perSequence };
    },
  }),
);

const [experts, slots, inputDim, units, sequences, length] = [3, 2, 3, 2, 2, 4];
const rows = drawnRows(sequences * length, inputDim, 1);
const expert = ffn({ hiddenUnits: 3 });
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const softmaxOf = (values: readonly number[]) => {
  const exps = values.map((value) => Math.exp(value - Math.max(...values)));
  return exps.map((value) => value / sum(exps));
};

const specs = {
  phi: { shape: [inputDim], initializer: { kind: 'zeros' }, copies: experts * slots },
} as const;
const ofExpert = replicate(expert.params(inputDim, units), experts);
const drawn = () => ({ gate: drawnData(specs, 1), expert: drawnData(ofExpert, 2) });

/** The output of one run of tokens by the three equations of the paper. */
function mixed(x: readonly (readonly number[])[], data: ReturnType<typeof drawn>): number[][] {
  const phi = (s: number) => [...data.gate.phi!.subarray(s * inputDim, (s + 1) * inputDim)];
  const all = Array.from({ length: experts * slots }, (_, s) => s);
  const logits = x.map((row) => all.map((s) => sum(row.map((value, d) => value * phi(s)[d]!))));
  const outputs = all.map((s) => {
    const shares = softmaxOf(logits.map((row) => row[s]!));
    const slot = x[0]!.map((_, d) => sum(x.map((row, t) => shares[t]! * row[d]!)));
    const h = expert.apply(arrayOps, arrayInput([slot]), valuesOf(ofExpert, data.expert));
    const e = Math.floor(s / slots);
    return [...h.data.subarray(e * units, (e + 1) * units)];
  });
  return logits.map((row) => {
    const shares = softmaxOf(row);
    return Array.from({ length: units }, (_, u) => sum(all.map((s) => shares[s]! * outputs[s]![u]!)));
  });
}

const flat = (perSequence: boolean, data: ReturnType<typeof drawn>, x = rows) => {
  const runs = perSequence ? [x.slice(0, length), x.slice(length)] : [x];
  return Float64Array.from(runs.flatMap((run) => mixed(run, data)).flat());
};

function built(perSequence: boolean, more: Partial<MixtureOfExpertsArgs> = {}) {
  const gate = plainSoft({ slots, perSequence });
  const layer = mixtureOfExperts({
    experts,
    units,
    gate,
    expert,
    seed: 1,
    name: 'moe',
    ...more,
  } as MixtureOfExpertsArgs);
  layer.build([null, null, inputDim]);
  return layer;
}

const input = (x = rows) => tf.tensor3d(x.flat(), [sequences, length, inputDim]);

onEveryBackend(() => {
  describe.each([false, true])('per sequence: %s', (perSequence) => {
    test('values and gradients are those of the formula', () => {
      const data = drawn();
      const layer = built(perSequence);
      for (const weight of layer.weights) {
        const [part, ...path] = weight.originalName.split('/');
        weight.write(
          tf.tensor(Float32Array.from(data[part as 'gate'][path.join('/')]!), weight.shape as number[]),
        );
      }
      assertNear(layer.call(input(), {}).dataSync() as Float32Array, flat(perSequence, data), 'output', 1e-5);
      const { grads } = tf.variableGrads(() => tf.sum(tf.square(layer.call(input(), {}))) as tf.Scalar);
      for (const weight of layer.weights) {
        const [part, ...path] = weight.originalName.split('/');
        const loss = () => sum(Array.from(flat(perSequence, data), (y) => y * y));
        const expected = centralDifferences(loss, data[part as 'gate'][path.join('/')]!);
        assertNear(grads[weight.name]!.dataSync() as Float32Array, expected, weight.originalName, 2e-5);
      }
    });

    test('padding is in no slot and has no output, and a token of NaN is NaN alone', () => {
      const layer = built(perSequence);
      const mask = tf.tensor2d([1, 1, 0, 1, 1, 1, 1, 1], [sequences, length]);
      const without = (value: number) => rows.map((row, t) => (t === 2 ? row.map(() => value) : row));
      const outputs = [1, 50].map((value) => layer.call(input(without(value)), { mask }).dataSync());
      expect(outputs[1]).toEqual(outputs[0]);
      expect(Array.from(outputs[0]!.subarray(4, 6))).toEqual([0, 0]);
      const broken = layer.call(input(without(Number.NaN)), {}).dataSync();
      broken.forEach((value, i) => {
        if (i === 4 || i === 5) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(outputs[0]![i]!, 5);
      });
    });

    test('layers of tfjs and experts without input are experts too', () => {
      const dense = layerExperts(() =>
        layers.dense({ units: inputDim, kernelInitializer: 'identity', useBias: false }),
      );
      expect(built(perSequence, { expert: dense, units: inputDim }).call(input(), {}).shape).toEqual([
        sequences,
        length,
        inputDim,
      ]);
      const y = built(perSequence, { expert: constant() }).call(input(), {});
      expect(y.shape).toEqual([sequences, length, units]);
    });
  });

  test('it trains with a balance loss, tells its metrics, and leaks nothing', async () => {
    const layer = mixtureOfExperts({
      experts,
      units,
      gate: plainSoft({ slots, perSequence: true }),
      expert,
      balance: [switchLoss()],
      inputShape: [length, inputDim],
    });
    const model = sequential({ layers: [layer] });
    model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
    const [x, y] = [input(), tf.ones([sequences, length, units])];
    const fit = (epochs: number) => model.fit(x, y, { epochs, verbose: 0 });
    const first = (await fit(1)).history.loss![0] as number;
    const { numTensors } = tf.memory();
    const last = ((await fit(30)).history.loss as number[]).at(-1)!;
    expect(last).toBeLessThan(first / 2);
    expect(tf.memory().numTensors).toBe(numTensors);
    const { load: sent, importance, droppedFraction } = layer.trainingRoutingMetrics!;
    expect(sent).toEqual([1, 1, 1]);
    expect(sum(importance)).toBeCloseTo(1, 5);
    expect(droppedFraction).toBe(0);
  });
});

test('sequences of their own need sequences', () => {
  const layer = mixtureOfExperts({ experts, units, gate: plainSoft({ slots, perSequence: true }), expert });
  expect(() => layer.apply(tf.tensor2d(rows))).toThrow('[tfjs-moe] inSequences: needs an input of sequences');
});

test.each([
  [{ capacity: 2 }, '2'],
  [{ capacity: { factor: 1 } }, '{'],
  [{ weightAt: 'input' as const }, '"input"'],
])('%o would do nothing, and is refused', (option, received) => {
  const gate = plainSoft({ slots, perSequence: false });
  expect(() => mixtureOfExperts({ experts, gate, expert, name: 'moe', ...option })).toThrow(
    `[tfjs-moe] moe: a gate that mixes tokens drops none, and weighs what experts return: it has no capacity and no weightAt. Received: ${received}`,
  );
});
