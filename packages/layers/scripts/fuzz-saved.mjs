/**
 * Damages saved models of every gate, router, expert and loss at random, and fails where one of them loads with other
 * outputs or ends in an error that names nothing.
 *
 * `pnpm --filter @tfjs-moe/layers fuzz` damages each of them 2,000 times; `--runs=N` any number, `--seed=S` others.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { fuzzSaved } from '../test/saved/fuzz.ts';

const option = (name, otherwise) => {
  const word = process.argv.find((each) => each.startsWith(`--${name}=`));
  return word === undefined ? otherwise : Number(word.slice(name.length + 3));
};

await tf.setBackend('cpu');
const { counts, wrong } = await fuzzSaved(
  option('seed', Math.floor(Math.random() * 2 ** 31)),
  option('runs', 2000),
);
for (const line of wrong) console.log(line);
console.log(`${JSON.stringify(counts)}, ${wrong.length} wrong`);
if (wrong.length > 0) process.exitCode = 1;
