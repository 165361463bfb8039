/**
 * Asks every gate of the table with every expert whether rates, counterexamples, verdicts and advice agree, and fails where
 * they do not.
 *
 * `pnpm --filter @tfjs-moe/theory agreement` takes a quarter of an hour; `--quick` asks rates and counterexamples alone,
 * `--part=I/N` a part.
 */
import { faultsOfCard, faultsOfRates } from '../test/rates/agreement.ts';
import { pairs } from '../test/table.ts';

const [part, parts] = (process.argv.find((word) => word.startsWith('--part=')) ?? '--part=0/1')
  .slice(7)
  .split('/')
  .map(Number);
const isQuick = process.argv.includes('--quick');
const own = pairs.filter((_, i) => i % parts === part);
let wrong = 0;
own.forEach(([gate, expert], i) => {
  const faults = [...faultsOfRates(gate, expert), ...(isQuick ? [] : faultsOfCard(gate, expert))];
  for (const fault of faults) console.log(fault);
  wrong += faults.length;
  if (i % 20 === 19) process.stderr.write(`${i + 1} of ${own.length}\n`);
});
console.log(`${own.length} pairs, ${wrong} wrong`);
if (wrong > 0) process.exitCode = 1;
