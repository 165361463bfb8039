/**
 * Body mass and beak depth of penguins from three other columns: a multi-gate mixture of experts against a shared bottom
 * of as many parameters, over many splits of the table. Prints what the guide on several tasks says.
 *
 * `pnpm --filter @tfjs-moe/layers two-tasks`; `--seeds=N`, 20 unless told, and `--epochs=N`, 100.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { compareTwoTasks, targets } from '../test/tasks/two-tasks.ts';

const option = (name, otherwise) =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
const [seeds, epochs] = [option('seeds', 20), option('epochs', 100)];
await tf.setBackend('cpu');

const runs = [];
for (let seed = 1; seed <= seeds; seed++) runs.push(await compareTwoTasks(seed, epochs));

const { parameters } = runs[0];
console.log(`${seeds} seeds, ${epochs} epochs; parameters:`, parameters);
const columns = [
  ...targets.map((name, i) => [name, (errors) => errors[i]]),
  ['both', ([a, b]) => (a + b) / 2],
];
for (const [name, of] of columns) {
  const mixture = runs.map((run) => of(run.mixture));
  const bottom = runs.map((run) => of(run.sharedBottom));
  const difference = mixture.map((value, i) => value - bottom[i]);
  const wins = difference.filter((value) => value < 0).length;
  const cells = [mixture, bottom, difference].map((values) => spread(values));
  console.log(
    `${name}: mixture ${cells[0]}, shared bottom ${cells[1]}, difference ${cells[2]}, better in ${wins}`,
  );
}

function spread(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return `${mean.toFixed(4)} ± ${Math.sqrt(variance).toFixed(4)}`;
}
