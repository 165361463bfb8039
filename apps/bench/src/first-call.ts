/**
 * The first call of a layer in a process of its own: prints how long it took, and how long a call takes once it is warm,
 * in milliseconds. `first-call.js T D H E K`.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tfjs-moe/wasm';
import { runProgram } from '@tfjs-moe/command-line';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts } from '@tfjs-moe/layers';
import { quantile } from './pairs.ts';

process.exitCode = await runProgram('first-call', async ({ output }) => {
  const [T = 1, D = 1, H = 1, E = 1, K = 1] = process.argv.slice(2).map(Number);
  await tf.setBackend('wasm');
  await tf.ready();
  const layer = mixtureOfExperts({
    experts: E,
    gate: topK({ k: K }),
    expert: ffn({ hiddenUnits: H, activation: 'relu' }),
    seed: 1,
  });
  // Weights are drawn before: that takes as long the second time.
  layer.build([null, D]);
  const x = tf.randomNormal([T, D]);

  function call(): number {
    const start = performance.now();
    const y = layer.apply(x) as tf.Tensor;
    y.dataSync();
    const took = performance.now() - start;
    y.dispose();
    return took;
  }

  const first = call();
  const warm = quantile(Array.from({ length: 30 }, call).slice(10), 0.5);
  output.write(`${JSON.stringify({ first, warm })}\n`);
  return 0;
});
