/**
 * `moe study`: runs a convergence study, joins its shards, reports on it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import {
  didYouMean,
  expectOutput,
  type Given,
  jsonText,
  makeFolder,
  optionHelp,
  readOptions,
  replaceFile,
  stopOnSignals,
  type Terminal,
  text,
} from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { Command } from '../command.ts';
import { mergeResults } from '../study/merge.ts';
import { lossLabel } from '../study/report/loss-label.ts';
import { type Curve, summarise } from '../study/report/summarise.ts';
import { curveTable } from '../study/report/table.ts';
import type { Outcome, Results } from '../study/results.ts';
import { readResults } from '../study/results-file.ts';
import { runStudy } from '../study/run-study.ts';
import { parseShard } from '../study/shard.ts';
import { loadStudy } from '../study/study-file.ts';
import { taskProgress } from '../tasks/progress.ts';
import { writeTaskResults } from '../tasks/task-file.ts';
import { threadTable } from '../tasks/thread-options.ts';

const WHO = 'moe study';
const READY = resolve(import.meta.dirname, '../../studies');

const options = {
  out: {
    value: 'PATH',
    about: 'results, by default study-out/NAME.jsonl; for report, the page (RESULTS with .html)',
    read: text,
  },
  ...threadTable,
  shard: {
    value: 'I/N',
    about:
      'only part I of N, from 0; auto/N takes I from JOB_COMPLETION_INDEX (Kubernetes) or SLURM_ARRAY_TASK_ID (Slurm)',
    read: (written: string) => parseShard(written, process.env),
  },
  quick: { about: "the study's small variant" },
  svg: { value: 'FOLDER', about: 'for report: every plot as a file, too', read: text },
  json: { about: 'results as one JSON object on standard output' },
};

const usage = () => `usage: moe study FILE [options]      run a study; a killed run goes on where it stopped
       moe study merge OUT PART...    join the results of shards
       moe study report RESULTS       tables and log-log plots
       moe study list                 the ready studies

FILE is a study as JSON or TypeScript, or the name of a ready one.

${optionHelp(options)}

While a run is at work, PATH.partial holds its finished tasks and PATH.lock says who it is: another run with the same
PATH is refused. Ctrl-C, SIGTERM and a closed terminal end it after the tasks that are begun.
`;

type Values = Given<typeof options>;

/** The options of each kind of use. */
const uses: Readonly<Record<string, readonly (keyof Values)[]>> = {
  merge: [],
  report: ['out', 'svg', 'json'],
  list: [],
};
const RUN: readonly (keyof Values)[] = ['out', 'workers', 'memory', 'shard', 'quick', 'json'];

export const study: Command = {
  options,
  firstWords: Object.keys(uses),
  async run(written, terminal) {
    const { given, words, help } = readOptions(WHO, written, options);
    const [first, ...rest] = words;
    if (help) {
      terminal.output.write(usage());
      return 0;
    }
    if (first === undefined) {
      terminal.errors.write(usage());
      return 2;
    }
    expectUseful(first, given);
    if (first === 'merge') return merge(rest, terminal);
    if (first === 'report') return report(rest, given, terminal);
    if (rest.length > 0) throw new MoeError(WHO, 'give one study', rest[0]);
    if (first === 'list') return list(terminal);
    return execute(first, given, terminal);
  },
};

/** Refuses options that would be ignored. */
function expectUseful(first: string, given: Values): void {
  const [use, useful] = Object.hasOwn(uses, first) ? [` ${first}`, uses[first]!] : ['', RUN];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === false || useful.includes(name as keyof Values)) continue;
    const known = useful.length === 0 ? 'no options' : useful.map((option) => `--${option}`).join(', ');
    throw new MoeError(WHO + use, `takes ${known}`, `--${name}`);
  }
}

async function execute(file: string, given: Values, { output, errors }: Terminal): Promise<number> {
  const source = { path: studyPath(file), quick: given.quick };
  const { study } = await loadStudy(source);
  const { shard, memory, workers = availableParallelism() } = given;
  const suffix = `${source.quick ? '-quick' : ''}${shard ? `.${shard.index}-of-${shard.count}` : ''}`;
  const out = resolve(given.out ?? join('study-out', `${study.name}${suffix}.jsonl`));
  const progress = taskProgress<Outcome>(errors, ({ arm, n }) => `${arm}, n = ${n}`);
  const stop = stopOnSignals({
    onFirst: () => errors.write('\nEnding after the tasks that are begun; another signal quits at once.\n'),
    onSecond: () => progress.stop(),
  });
  const onWait = (said: string) => errors.write(`${said}\n`);
  let results: Results | undefined;
  try {
    const { signal } = stop;
    results = await runStudy({ source, out, shard, workers, memory, signal, onWait, ...progress });
  } finally {
    progress.stop();
    stop.release();
  }
  if (results === undefined) {
    errors.write('Interrupted. The same command goes on where it stopped.\n');
    return stop.status ?? 1;
  }
  errors.write(`results: ${out}\n`);
  if (shard === undefined) show(results, given, output);
  return 0;
}

function merge([out, ...parts]: readonly string[], { errors }: Terminal): number {
  const who = 'moe study merge';
  if (out === undefined || parts.length === 0) throw new MoeError(who, 'give OUT and the parts');
  expectOutput(who, 'OUT', resolve(out), out);
  const results = mergeResults(parts.map((path) => resolve(path)));
  writeTaskResults(who, resolve(out), results);
  errors.write(`${results.outcomes.length} tasks: ${resolve(out)}\n`);
  return 0;
}

async function report(
  [file, ...stray]: readonly string[],
  given: Values,
  { output, errors }: Terminal,
): Promise<number> {
  const who = 'moe study report';
  if (file === undefined) throw new MoeError(who, 'give the results of a study');
  if (stray.length > 0) throw new MoeError(who, 'give one file of results', stray[0]);
  const path = resolve(file);
  const results = readResults(who, path, file);
  const page = resolve(given.out ?? `${path.slice(0, path.length - extname(path).length)}.html`);
  const written = given.out ?? page;
  const inputs = { 'the results': path };
  expectOutput(who, '--out', page, written, { inputs, makesFolder: true });
  const curves = show(results, given, output);
  makeFolder(who, 'the folder of --out', dirname(page));
  // Plots take longer to load than some studies to run.
  const { reportPage } = await import('../study/report/page.ts');
  replaceFile(who, { path: page, content: reportPage(results, curves) }, { what: 'the page' });
  errors.write(`report: ${page}\n`);
  if (given.svg !== undefined) await writePlots(who, resolve(given.svg), results, curves, errors);
  return 0;
}

async function writePlots(
  who: string,
  folder: string,
  { header }: Results,
  curves: readonly Curve[],
  errors: Terminal['errors'],
): Promise<void> {
  const { figuresOf } = await import('../study/report/figures.ts');
  makeFolder(who, '--svg', folder);
  for (const { name, svg } of figuresOf(header.study, curves)) {
    const path = join(folder, `${name}.svg`);
    replaceFile(who, { path, content: `${svg}\n` }, { what: 'a plot' });
    errors.write(`plot: ${path}\n`);
  }
}

/** Results on standard output, as a table or as JSON. */
function show(results: Results, { json }: Values, output: Terminal['output']): Curve[] {
  const curves = summarise(results);
  output.write(`${json ? jsonText(reportJson(results, curves)) : curveTable(curves)}\n`);
  return curves;
}

/** What was run, and what came of it. */
function reportJson({ header }: Results, curves: readonly Curve[]): object {
  const { study, fingerprint, config } = header;
  const { title, sizes, replicates, seed } = config;
  const labelled = curves.map((curve) => ({ label: lossLabel(curve.loss), ...curve }));
  return { study, title, fingerprint, sizes, replicates, seed, curves: labelled };
}

async function list({ output }: Terminal): Promise<number> {
  for (const name of readyStudies()) {
    const { study } = await loadStudy({ path: join(READY, name), quick: false });
    output.write(`${basename(name, extname(name)).padEnd(28)} ${study.title}\n`);
  }
  return 0;
}

/** A path from where the user is, or a ready study. */
function studyPath(file: string): string {
  const path = resolve(file);
  if (existsSync(path)) return path;
  const ready = readyStudies().find((name) => basename(name, extname(name)) === file);
  if (ready !== undefined) return join(READY, ready);
  const known = readyStudies().map((name) => basename(name, extname(name)));
  const words = [...known, ...Object.keys(uses)];
  const hint = didYouMean(file, words) || ` or one of ${known.join(', ')}`;
  throw new MoeError(WHO, `FILE must be a file that is there${hint}`, file);
}

function readyStudies(): string[] {
  return existsSync(READY)
    ? readdirSync(READY)
        .filter((name) => /\.(json|ts)$/.test(name))
        .sort()
    : [];
}
