/**
 * Trains every profile at its published numbers of experts, on cpu and wasm, and fails where one does not learn, is not
 * finite, or is another when it is loaded. A test does the same for a few steps.
 *
 * `pnpm --filter tfjs-moe profiles` takes 100 steps at width 32; `--steps=N`, `--width=N`, `--hidden=N`, `--seed=S`.
 */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { profileNames } from '../src/index.ts';
import { trainProfile } from '../test/train-profile.ts';

const option = (name, otherwise) => {
  const word = process.argv.find((each) => each.startsWith(`--${name}=`));
  return word === undefined ? otherwise : Number(word.slice(name.length + 3));
};
const options = {
  steps: option('steps', 100),
  width: option('width', 32),
  hiddenUnits: option('hidden', 16),
  seed: option('seed', 1),
  sequences: 8,
  length: 32,
};

let wrong = 0;
for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  for (const name of profileNames) {
    const trained = await trainProfile(name, options);
    const { errors, farthestLoaded, chosen } = trained;
    const ratio = errors[1] / errors[0];
    const isRight = trained.isFinite && ratio < 0.9 && farthestLoaded === 0 && new Set(chosen).size === 1;
    if (!isRight) wrong++;
    const words = [backend, name, `error ${errors.map((error) => error.toFixed(4)).join(' to ')}`];
    console.log(`${words.join(' ')}${isRight ? '' : ': WRONG'}`);
  }
}
if (wrong > 0) process.exitCode = 1;
