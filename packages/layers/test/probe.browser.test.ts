import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/webgl';
import '@tfjs-moe/webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { mixtureOfExperts } from '../src/index.ts';

for (const backend of ['webgpu', 'webgl'] as const) {
  test(`probe ${backend}`, { timeout: 180_000 }, async () => {
    await tf.setBackend(backend);
    await tf.ready();
    tf.env().set(backend === 'webgl' ? 'WEBGL_CPU_FORWARD' : 'WEBGPU_CPU_FORWARD', false);
    const b = tf.backend() as any;
    const name = backend === 'webgpu' ? 'runWebGPUProgram' : 'runWebGLProgram';
    const old = b[name];
    let log: string[] = [];
    b[name] = function (p: any, ...rest: any[]) {
      log.push(
        `${p.shaderKey ?? p.userCode?.replace(/\s+/g, ' ').slice(0, 90)} ${p.constructor.name} [${p.outputShape}]`,
      );
      return old.call(this, p, ...rest);
    };
    const programs = () => Object.keys(backend === 'webgpu' ? b.pipelineCache : b.binaryCache).length;
    const x = tf.randomNormal([256, 32]),
      y = tf.randomNormal([256, 16]);
    for (const [label, make] of [
      ['dense', () => layers.dense({ units: 16, activation: 'relu', inputShape: [32] })],
      [
        'moe no metrics',
        () =>
          mixtureOfExperts({
            experts: 8,
            gate: topK({ k: 2 }),
            expert: ffn({ hiddenUnits: 24 }),
            units: 16,
            inputShape: [32],
            recordRouting: false,
          }),
      ],
      [
        'moe',
        () =>
          mixtureOfExperts({
            experts: 8,
            gate: topK({ k: 2 }),
            expert: ffn({ hiddenUnits: 24 }),
            units: 16,
            inputShape: [32],
          }),
      ],
    ] as const) {
      const cache = backend === 'webgpu' ? 'pipelineCache' : 'binaryCache';
      b[cache] = {};
      const model = sequential({ layers: [(make as any)()] });
      model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
      tf.tidy(() => {
        model.layers[0]!.apply(x);
      });
      log = [];
      tf.tidy(() => {
        model.layers[0]!.apply(x, { training: true });
      });
      console.log(backend, label, 'forward', log.length, '\n' + log.join('\n'));
      log = [];
      b[cache] = {};
      const b0 = programs();
      const { g } = { g: backend === 'webgpu' ? b.device : undefined };
      g?.pushErrorScope('validation');
      for (let i = 0; i < 3; i++) {
        log = [];
        await model.trainOnBatch(x, y);
        console.log(backend, label, 'step', i, 'dispatches', log.length, 'programs', programs());
      }
      console.log(
        label,
        'error',
        (await g?.popErrorScope())?.message,
        Object.keys(b[cache])
          .map((k) => k.replace(/\s+/g, ' ').slice(0, 120))
          .join('\n'),
      );
    }
    b[name] = old;
    expect(1).toBe(1);
  });
}
