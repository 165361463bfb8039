/**
 * Damages safetensors files at random, and fails where one ends in an error that names nothing, reads as it should not, or
 * makes the reader ask for more bytes than there are.
 *
 * `pnpm --filter @tfjs-moe/checkpoints fuzz` damages 10,000; `--runs=N` any number, `--seed=S` others.
 */
import { fuzzSafetensors } from '../test/safetensors/fuzz.ts';

const option = (name, otherwise) => {
  const word = process.argv.find((each) => each.startsWith(`--${name}=`));
  return word === undefined ? otherwise : Number(word.slice(name.length + 3));
};

const { read, refused, wrong } = await fuzzSafetensors(
  option('seed', Math.floor(Math.random() * 2 ** 31)),
  option('runs', 10_000),
);
for (const line of wrong) console.log(line);
console.log(`${read} read, ${refused} refused, ${wrong.length} wrong`);
if (wrong.length > 0) process.exitCode = 1;
