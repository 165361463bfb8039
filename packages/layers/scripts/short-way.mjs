/**
 * Layers by the short way of the wasm backend against the same layers composed, in evaluation and in training: outputs, losses,
 * all gradients, metrics and what the gate moves after the step; over sizes, gates, experts, balance losses, ties, NaN, masks,
 * drops, types of the input and weights of the tokens drawn at random. Fails where one of them differs.
 *
 * `pnpm --filter @tfjs-moe/layers short-way` draws 3,000 of them; `--runs=N` any number, `--seed=S` others. The tests draw a few.
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs-layers';
import { compare, compareTraining, drawnCase } from '../test/short-way/compare.ts';

const option = (name, otherwise) => {
  const word = process.argv.find((each) => each.startsWith(`--${name}=`));
  return word === undefined ? otherwise : Number(word.slice(name.length + 3));
};

await tf.setBackend('wasm');
await tf.ready();
const [runs, seed] = [option('runs', 3000), option('seed', 1000)];
let failed = 0;
for (const [mode, run] of Object.entries({ evaluation: compare, training: compareTraining })) {
  let [served, worst, wrong] = [0, 0, 0];
  for (let i = seed; i < seed + runs; i++) {
    const outcome = run(drawnCase(i));
    if (outcome.served) served++;
    if (outcome.difference > worst) worst = outcome.difference;
    if (outcome.wrong === undefined) continue;
    wrong++;
    console.log(`case ${i}, ${mode}: ${outcome.wrong}`, outcome.served ? '' : '(composed)');
  }
  console.log(
    `${mode}: ${runs} cases, ${served} by the short way, largest difference ${worst}, ${wrong} wrong`,
  );
  failed += wrong;
}
if (failed > 0) process.exitCode = 1;
