/**
 * Damages saved fits of every family and structure at random, and fails where one of them ends in an error that names nothing.
 *
 *     pnpm --filter @tfjs-moe/estimators fuzz --runs=2000 --seed=0
 */
import { fitMaximumLikelihood } from '../src/index.ts';
import { wrongAnswers } from '../test/likelihood/report/damaged-fits.ts';
import { savedKinds } from '../test/likelihood/report/saved-kinds.ts';

const option = (name, otherwise) => {
  const found = process.argv.find((word) => word.startsWith(`--${name}=`));
  return found === undefined ? otherwise : Number(found.slice(name.length + 3));
};
const [runs, seed] = [option('runs', 2000), option('seed', 0)];
let wrong = 0;
for (const [name, options] of Object.entries(savedKinds)) {
  const lines = wrongAnswers(fitMaximumLikelihood(options), options.data.inputs, runs, seed);
  for (const line of lines) console.log(`${name}: ${line}`);
  console.log(`${name}: ${runs} damages, ${lines.length} wrong`);
  wrong += lines.length;
}
process.exitCode = wrong === 0 ? 0 : 1;
