/**
 * Fits of hundreds of random samples that change sharply somewhere, each against the best sharp split by trying all.
 *
 *     pnpm --filter @tfjs-moe/estimators level-shifts --runs=300 --seed=0
 */
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { fitMaximumLikelihood } from '../src/index.ts';
import { bestSharpSplit, shifted } from '../test/likelihood/climb/sharp-splits.ts';

const option = (name, otherwise) => {
  const found = process.argv.find((word) => word.startsWith(`--${name}=`));
  return found === undefined ? otherwise : Number(found.slice(name.length + 3));
};
const [runs, first] = [option('runs', 300), option('seed', 0)];
let below = 0;
let separated = 0;
for (let seed = first; seed < first + runs; seed++) {
  const { experts, variances, ...data } = shifted(seed);
  const best = bestSharpSplit({ experts, variances, ...data });
  const fit = fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts, variances, data });
  if (fit.warnings.some(({ reason }) => reason === 'separated gate')) separated++;
  const isBelow = !(fit.logLikelihood >= best - 1e-6);
  if (!isBelow && fit.converged) continue;
  if (isBelow) below++;
  const [n, d] = [data.response.length, data.inputs[0].length];
  const reasons = fit.warnings.map(({ reason }) => reason).join(', ');
  console.log(
    `seed ${seed}: n = ${n}, ${d} inputs, ${experts} experts, ${variances}: ${fit.logLikelihood}, best split ${best}; ${fit.ending}; ${reasons}`,
  );
}
console.log(`${runs} samples, ${separated} with a separated gate, ${below} below the best sharp split`);
process.exitCode = below === 0 ? 0 : 1;
