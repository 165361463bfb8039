import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import { afterAll, expect, test } from 'vitest';
import { compareTraces, readTrace, recordRouting, replayTrace, writeTrace } from '../../src/trace/index.ts';
import { FEATURES, moe, rows } from './places.ts';

const model = () =>
  sequential({
    layers: [
      moe('a', { inputShape: [FEATURES], dispatch: 'dense' }),
      moe('b', { seed: 4, dispatch: 'dense' }),
    ],
  });

await tf.setBackend('cpu');
const onCpu = await recordRouting(model(), rows(7, 40));
const text = writeTrace(onCpu);
const expected = await (model().predict(rows(7, 40)) as tf.Tensor).data();
const most = Math.max(...Array.from(expected, Math.abs));

for (const backend of ['webgl', 'webgpu']) {
  const starts = await tf.setBackend(backend).catch(() => false);
  test.skipIf(!starts)(`a trace that was recorded on cpu gives the same outputs on ${backend}`, async () => {
    await tf.setBackend(backend);
    const output = replayTrace(model(), readTrace(text), rows(7, 40)) as tf.Tensor;
    const errors = Array.from(await output.data(), (value, i) => Math.abs(value - expected[i]!));
    expect(Math.max(...errors)).toBeLessThan(1e-5 * most);
    const [first] = compareTraces(onCpu, await recordRouting(model(), rows(7, 40)));
    expect(first!.overlap).toBeGreaterThan(0.9);
  });
}

afterAll(async () => {
  await tf.setBackend('cpu');
});
