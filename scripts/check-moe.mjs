/** `moe check --json` prints one JSON object and nothing else, with the verdicts that its pair is known to have. */
import { spawnSync } from 'node:child_process';
import { expectPnpm } from './expect-pnpm.mjs';

expectPnpm('check-moe');

const words = 'moe check --gate temperature --router mlp --expert ffn:gelu --inputs 2 --experts 3 --json';
const { status, stdout } = spawnSync('pnpm', ['--silent', ...words.split(' ')], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  shell: process.platform === 'win32',
});
const { firstOrder, secondOrder, literal, rates, advice } = JSON.parse(stdout);
const verdicts = [firstOrder, secondOrder, literal].map(({ verdict }) => verdict).join(', ');
console.log(
  `exit status ${status}: ${verdicts}; ${rates.rates.length} rates, ${advice.length} pieces of advice`,
);
process.exitCode = status === 0 && verdicts === 'independent, independent, dependent' ? 0 : 1;
