/**
 * Layers by the short way of the wasm backend against the same layers composed, over sizes, gates, experts, ties, NaN and
 * masks drawn at random; fails where one of them differs.
 *
 * `pnpm --filter @tfjs-moe/layers short-way` draws 5,000 of them; `--runs=N` any number, `--seed=S` others.
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tfjs-moe/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compare, drawnCase } from '../test/short-way/compare.ts';

const option = (name, otherwise) => {
  const word = process.argv.find((each) => each.startsWith(`--${name}=`));
  return word === undefined ? otherwise : Number(word.slice(name.length + 3));
};

await tf.setBackend('wasm');
await tf.ready();
const [runs, seed] = [option('runs', 5000), option('seed', 1000)];
let [served, worst, wrong] = [0, 0, 0];
for (let i = seed; i < seed + runs; i++) {
  const outcome = compare(drawnCase(i));
  if (outcome.served) served++;
  if (outcome.difference > worst) worst = outcome.difference;
  if (outcome.wrong === undefined) continue;
  wrong++;
  console.log(`case ${i}: ${outcome.wrong}`, outcome.served ? '' : '(composed)');
}
console.log(`${runs} cases, ${served} by the short way, largest difference ${worst}, ${wrong} wrong`);
if (wrong > 0) process.exitCode = 1;
