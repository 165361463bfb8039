import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { linear } from '@tfjs-moe/experts';
import { minP, noisyTopK, softmax, topK, topP } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { mixedExperts } from '../../src/index.ts';
import {
  type RoutingTrace,
  readTrace,
  recordCalls,
  recordRouting,
  replayCalls,
  replayTrace,
  writeTrace,
} from '../../src/trace/index.ts';
import { onEveryBackend } from '../backends.ts';
import { FEATURES, moe, ranked, rows } from './places.ts';

const twoLayers = () => sequential({ layers: [moe('a', { inputShape: [FEATURES] }), moe('b', { seed: 4 })] });
const numbers = (output: tf.Tensor | tf.Tensor[]) => Array.from((output as tf.Tensor).dataSync());

/** Recorded on cpu, as text: what one program hands to another. */
async function recordedOnCpu() {
  await tf.setBackend('cpu');
  const model = twoLayers();
  const trace = writeTrace(await recordRouting(model, rows(7, 40)));
  return { trace, output: numbers(model.predict(rows(7, 40)) as tf.Tensor) };
}
const cpu = await recordedOnCpu();

function expectNear(actual: readonly number[], expected: readonly number[], within = 1e-5): void {
  const most = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThan(within * most);
  });
}

onEveryBackend(() => {
  test('a trace that was recorded on cpu gives the outputs that it gave there', () => {
    expectNear(numbers(replayTrace(twoLayers(), readTrace(cpu.trace), rows(7, 40))), cpu.output);
  });

  test('other choices give what the layer makes of these experts, and both layers follow', () => {
    const trace = readTrace(cpu.trace).map((call) => ({
      ...call,
      choices: call.choices.map((chosen) => chosen!.map((e) => (e + 1) % 4)),
    }));
    const [model, x] = [twoLayers(), rows(7, 40)];
    const again = numbers(replayTrace(model, trace, x));
    const inTurn = model.layers.reduce<tf.Tensor>(
      (h, layer, i) => replayTrace(layer, [trace[i]!], h) as tf.Tensor,
      x,
    );
    expectNear(again, numbers(inTurn));
    expect(Math.abs(again[0]! - cpu.output[0]!)).toBeGreaterThan(1e-3);
  });

  test('weights are computed anew, from the scores of the recorded experts', async () => {
    const [layer, x] = [moe('moe'), rows(1)];
    const [traced] = await recordRouting(layer, x);
    const trace = [{ ...traced!, choices: ranked(layer, x, 4).map((all) => [all[3]!, all[1]!]) }];
    const [seen] = await recordCalls(() => tf.dispose(replayTrace(layer, trace, x)));
    expect(seen!.choices).toEqual(trace[0]!.choices);
    const logits = layer.route(x).logits_TE.arraySync();
    seen!.weights!.forEach((weights, t) => {
      const [first, second] = trace[0]!.choices[t]!.map((e) => Math.exp(logits[t]![e]!));
      expect(weights![0]).toBeCloseTo(first! / (first! + second!), 5);
      expect(weights![1]).toBeCloseTo(second! / (first! + second!), 5);
    });
  });

  test('gradients flow as they do where the gate chooses the same itself', async () => {
    const [layer, x] = [moe('moe'), rows(3)];
    const trace = await recordRouting(layer, x);
    const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const gradients = (output: () => tf.Tensor) => {
      const { grads } = tf.variableGrads(() => tf.sum(tf.square(output())) as tf.Scalar, variables);
      return variables.map(({ name }) => numbers(grads[name]!));
    };
    const own = gradients(() => layer.apply(x, { training: true }) as tf.Tensor);
    const replayed = gradients(() => replayTrace(layer, trace, x, { training: true }) as tf.Tensor);
    own.forEach((gradient, i) => {
      expect(gradient.some((value) => value !== 0)).toBe(true);
      expectNear(replayed[i]!, gradient, 1e-6);
    });
  });
});

describe('everywhere where choices can be replayed', () => {
  test.each([
    ['topP', { gate: topP({ p: 0.6 }) }],
    ['minP', { gate: minP({ p: 0.5 }) }],
    ['noisyTopK in training', { gate: noisyTopK({ k: 2 }) }],
    ['capacity', { gate: topK({ k: 2 }), capacity: 3 }],
    ['experts of several kinds', { expert: mixedExperts([{ expert: linear(), count: 4 }] as never) }],
  ])('%s', async (_, args) => {
    await tf.setBackend('cpu');
    const make = () => moe('moe', args);
    let expected: number[] = [];
    const trace = await recordCalls(() => {
      expected = numbers(make().apply(rows(1, 20), { training: true }) as tf.Tensor);
    });
    expectNear(numbers(replayTrace(make(), trace, rows(1, 20), { training: true })), expected);
  });
});

describe('what does not fit is refused by name', () => {
  const record = (): Promise<RoutingTrace> => recordRouting(twoLayers(), rows(1));

  test.each<[string, (trace: RoutingTrace) => unknown]>([
    ['the trace has no layer b', (trace) => replayTrace(twoLayers(), trace.slice(0, 1), rows(1))],
    ['nothing has called the layer of step 0, layer b', (trace) => replayTrace(moe('a'), trace, rows(1))],
    [
      'layer a is called more often than in the trace',
      (trace) => {
        const layer = moe('a');
        return replayCalls(trace.slice(0, 1), () => [layer.apply(rows(1)), layer.apply(rows(1))]);
      },
    ],
    [
      'must have 3 tokens, as the layer has. Received: 6',
      (trace) => replayTrace(twoLayers(), trace, rows(1, 3)),
    ],
    [
      'must have 8 experts, as the layer has. Received: 4',
      (trace) => replayTrace(moe('a', { experts: 8 }), trace.slice(0, 1), rows(1)),
    ],
    [
      'the gate "softmax" of layer a cannot replay choices',
      (trace) => replayTrace(moe('a', { gate: softmax() }), trace.slice(0, 1), rows(1)),
    ],
    [
      'must be of one step',
      (trace) => replayTrace(twoLayers(), [...trace, ...trace.map((c) => ({ ...c, step: 1 }))], rows(1)),
    ],
    ['the trace has no step 5', (trace) => replayTrace(twoLayers(), trace, rows(1), { step: 5 })],
    ['is twice in the trace', (trace) => replayTrace(twoLayers(), [...trace, ...trace], rows(1))],
    ['model must be', (trace) => replayTrace({} as never, trace, rows(1))],
    ['run must be', (trace) => replayCalls(trace, 3 as never)],
  ])('%s', async (message, run) => {
    await tf.setBackend('cpu');
    const trace = await record();
    expect(() => run(trace)).toThrow(message);
    // And the next call is as if nothing had been.
    expect(await record()).toEqual(trace);
  });
});
