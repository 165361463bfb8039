/**
 * Judges random families and mixtures, planted and not, with coincidences, tiny and huge constants, nested kinks, declared
 * and undeclared gauges, and fails where a planted relation is called independent or a relation does not hold.
 *
 * `pnpm --filter @tfjs-moe/theory families` judges 10,000, which takes half an hour; `--runs=N` any number, such as 60 in
 * the test, `--seed=S` others.
 */
import { randomFamilies } from '../test/decide/random-families.ts';

const option = (name, otherwise) => {
  const word = process.argv.find((each) => each.startsWith(`--${name}=`));
  return word === undefined ? otherwise : Number(word.slice(name.length + 3));
};

const runs = option('runs', 10_000);
const { counts, wrong } = randomFamilies(option('seed', 0), runs, (done) => {
  if (done % 500 === 0) process.stderr.write(`${done} of ${runs}\n`);
});
for (const line of wrong) console.log(line);
console.log(`${JSON.stringify(counts, undefined, 1)}, ${wrong.length} wrong`);
if (wrong.length > 0) process.exitCode = 1;
