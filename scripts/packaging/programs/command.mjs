/** The command as a user has it after `npm install @tfjs-moe/cli`: a sample, a fit with a picture, a card, a study. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const moe = (...words) =>
  execFileSync(join('node_modules', '.bin', 'moe'), words, { encoding: 'utf8', stdio: 'pipe' });
const expect = (what, holds) => {
  if (!holds) throw new Error(`moe: ${what}`);
};

const { version } = JSON.parse(
  readFileSync(join('node_modules', '@tfjs-moe', 'cli', 'package.json'), 'utf8'),
);
expect('--version is that of the package', moe('--version') === `moe ${version}\n`);

writeFileSync('sample.csv', moe('simulate', 'reference-b', '--n', '300', '--seed', '7'));
const words = [
  'sample.csv',
  'y ~ x1 | x1',
  '--experts',
  '3',
  '--plot',
  'fit.html',
  '--save',
  'fit.json',
  '--json',
];
const { logLikelihood, converged } = JSON.parse(moe('fit', ...words));
expect('a sample that was drawn can be fitted', converged && Number.isFinite(logLikelihood));
expect('a fit is drawn', readFileSync('fit.html', 'utf8').includes('<svg'));

const predicted = moe('predict', 'fit.json', 'sample.csv').split('\n');
expect('a saved fit predicts', predicted[0].startsWith('x1,y,mean,sd,low,high') && predicted.length === 302);

const tested = ['test', 'sample.csv', 'y ~ x1 | x1', '--experts', '1', '--starts', '2', '--replicates', '2'];
const { statistics } = JSON.parse(moe(...tested, '--workers', '2', '--json'));
expect('threads of an installed moe draw replicates', statistics.length === 2);

const card = JSON.parse(moe('check', '--gate', 'softmax', '--expert', 'linear', '--json'));
expect('a card tells what it is about', card.subject.gate.kind === 'softmax');

// A study of one's own in TypeScript, whose type is erased, in threads of its own.
const study = {
  name: 'own',
  title: 'Own',
  sizes: [100, 200],
  replicates: 2,
  seed: 1,
  arms: [
    {
      name: 'tanh',
      design: 'least-squares-tanh',
      fit: { estimator: 'leastSquares', experts: 2 },
      losses: ['regression'],
    },
  ],
};
const typed = "import type { Study } from '@tfjs-moe/cli';\nexport const study: Study = ";
writeFileSync('own.ts', `${typed}${JSON.stringify(study)};\n`);
moe('study', 'own.ts', '--workers', '2');
const report = JSON.parse(moe('study', 'report', join('study-out', 'own.jsonl'), '--json'));
expect('a study of one own runs', report.study === 'own');
expect('the ready studies are there', moe('study', 'list').includes('regression-rate'));
