/**
 * Mutation testing with a list of one's own (`mutants/`): every mutant runs the nearest tests with one source
 * changed in memory, and must be killed by one that fails.
 *
 * `pnpm mutants` runs all and prints a table; `--write` puts it into `docs/guide/tests.md`; `--quick` runs those for CI, all
 * of which must be killed; `--only TEXT` those whose file or description holds a text.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { mutants } from './mutants/list.mjs';

const root = resolve(import.meta.dirname, '..');
process.chdir(root);
const LONGEST = 240_000;
/** Of the decided ones, that must be killed. */
const LEAST = 0.9;
/** Of the list, that may no longer be found in its file. */
const STALE = 0.1;

const words = process.argv.slice(2);
const isQuick = words.includes('--quick');
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : undefined;
const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const chosen = mutants.filter(
  ({ quick, equivalent, file, what }) =>
    (!isQuick || (quick && !equivalent)) && (only === undefined || `${file} ${what}`.includes(only)),
);
const stale = chosen.filter(({ file, find, first }) => {
  const times = readFileSync(file, 'utf8').split(find).length - 1;
  return first ? times === 0 : times !== 1;
});
for (const { file, what } of stale) console.log(`stale       ${file}: ${what}`);
const waiting = chosen.filter((mutant) => !stale.includes(mutant) && !mutant.equivalent);

const results = [];
const took = performance.now();
// Tests that fail without any mutant prove nothing; they run beside.
const control = run('control', '', [...new Set(waiting.flatMap(({ tests }) => tests))], 10 * LONGEST);
const all = [...waiting];
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
const failing = failingOf(await control);
for (const file of failing) console.log(`fails anyway: ${file}`);
for (const result of results) {
  if (result.mutant.tests.some((test) => failing.has(test))) result.verdict = 'undecided';
}
report();

async function worker() {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    let verdict = await judged(mutant);
    // A run that was cut off says nothing: it is asked once more.
    if (verdict === 'undecided') verdict = await judged(mutant);
    results.push({ mutant, verdict });
    console.log(`${verdict.padEnd(10)}  ${mutant.file}: ${mutant.what}`);
  }
}

/** killed: a test failed; survived: all passed; undecided: they did not run, or not to their end. */
async function judged({ file, find, replace, tests, ...mutant }) {
  const said = await run(`${mutant.area}-${file}-${find}`, JSON.stringify({ file, find, replace }), tests);
  if (said === undefined) return 'undecided';
  return said.numFailedTests > 0
    ? 'killed'
    : said.success && said.numPassedTests > 0
      ? 'survived'
      : 'undecided';
}

/** What vitest reports; nothing where it did not come to its end. */
function run(name, mutant, tests, timeout = LONGEST) {
  const out = join(folder, `${createHash('sha1').update(name).digest('hex')}.json`);
  const config = 'scripts/mutants/vitest.config.mjs';
  const vitest = resolve('node_modules/vitest/vitest.mjs');
  const bail = mutant === '' ? [] : ['--bail=1'];
  const args = [
    vitest,
    'run',
    '--config',
    config,
    ...bail,
    '--reporter=json',
    `--outputFile=${out}`,
    ...tests,
  ];
  return new Promise((done) => {
    const env = { ...process.env, MUTANT: mutant };
    const child = spawn(process.execPath, args, { env, stdio: 'ignore', timeout });
    child.on('close', () => {
      try {
        done(JSON.parse(readFileSync(out, 'utf8')));
      } catch {
        done(undefined);
      }
    });
  });
}

/** Files with a test that fails; all of them where nothing was reported. */
function failingOf(said) {
  if (said === undefined) return new Set(all.flatMap(({ tests }) => tests));
  const failed = said.testResults.filter(({ status }) => status !== 'passed');
  return new Set(failed.map(({ name }) => relative(root, name)));
}

function report() {
  const count = (verdict, area) =>
    results.filter((each) => each.verdict === verdict && (area === undefined || each.mutant.area === area))
      .length;
  const areas = [...new Set(chosen.map(({ area }) => area))];
  const line = (name, area) => {
    const [killed, survived, undecided] = ['killed', 'survived', 'undecided'].map((verdict) =>
      count(verdict, area),
    );
    const share = killed + survived === 0 ? '' : `${((100 * killed) / (killed + survived)).toFixed(0)} %`;
    return `| ${name} | ${killed} | ${survived} | ${undecided} | ${share} |`;
  };
  const table = [
    '| of | killed | survived | undecided | score |',
    '| -- | ------ | -------- | --------- | ----- |',
    ...areas.map((area) => line(area, area)),
    line('all', undefined),
  ].join('\n');
  const notes = [
    ...results
      .filter(({ verdict }) => verdict !== 'killed')
      .map(({ mutant, verdict }) => `- ${verdict}: \`${mutant.file}\`, ${mutant.what}`),
    ...chosen
      .filter(({ equivalent }) => equivalent)
      .map(({ file, what, equivalent }) => `- equivalent: \`${file}\`, ${what}: ${equivalent}`),
  ].join('\n');
  const text = `${table}\n${notes && `\n${notes}\n`}`;
  console.log(`\n${text}\n${results.length} mutants in ${((performance.now() - took) / 1000).toFixed(0)} s`);
  if (words.includes('--write')) write(text);
  const decided = count('killed') + count('survived');
  const isGood = isQuick
    ? count('killed') === results.length && results.length > 0
    : decided > 0 && count('killed') >= LEAST * decided;
  if (!isGood || stale.length > STALE * chosen.length) process.exitCode = 1;
}

function write(text) {
  const page = 'docs/guide/tests.md';
  const marks = /(<!-- mutants -->\n)[\s\S]*(\n<!-- \/mutants -->)/;
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(marks, (_, begin, end) => `${begin}\n${text}${end}`),
  );
}
