/**
 * `moe study`: runs a convergence study, joins its shards, reports on it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { expectInteger, MoeError } from '@tfjs-moe/core';
import type { Command } from '../command.ts';
import { commandWords } from '../command-words.ts';
import { mergeResults } from '../study/merge.ts';
import { taskProgress } from '../study/progress.ts';
import { lossLabel } from '../study/report/loss-label.ts';
import { type Curve, summarise } from '../study/report/summarise.ts';
import { curveTable } from '../study/report/table.ts';
import { parseResults, type Results, writeResults } from '../study/results-file.ts';
import { runStudy } from '../study/run-study.ts';
import { parseShard } from '../study/shard.ts';
import type { Study } from '../study/study.ts';
import { loadStudy } from '../study/study-file.ts';
import { userPath } from '../user-path.ts';

const WHO = 'moe study';
const READY = resolve(import.meta.dirname, '../../studies');

const USAGE = `usage: pnpm --silent moe study FILE [options]      run a study; a killed run goes on where it stopped
       pnpm --silent moe study merge OUT PART...    join the results of shards
       pnpm --silent moe study report RESULTS       tables and log-log plots
       pnpm --silent moe study list                 the ready studies

FILE is a study as JSON or TypeScript, or the name of a ready one.

  --out PATH     results, by default study-out/NAME.jsonl; for report, the page (RESULTS with .html)
  --workers N    threads, or auto (default): all cores. Results do not depend on it
  --shard I/N    only part I of N, from 0; auto/N takes I from JOB_COMPLETION_INDEX (Kubernetes) or
                 SLURM_ARRAY_TASK_ID (Slurm)
  --quick        the study's small variant
  --svg FOLDER   for report: every plot as a file, too
  --json         results of report as one JSON object on standard output`;

export const study: Command = {
  async run(words) {
    const { values, positionals } = parse(words);
    const [first, ...rest] = positionals;
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    if (first === undefined) {
      console.error(USAGE);
      return 2;
    }
    if (first === 'merge') return merge(rest);
    if (first === 'report') return report(rest, values);
    if (first === 'list') return list();
    return execute(first, values);
  },
};

type Values = ReturnType<typeof parse>['values'];

function parse(words: readonly string[]) {
  return commandWords(WHO, {
    args: [...words],
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      workers: { type: 'string' },
      shard: { type: 'string' },
      svg: { type: 'string' },
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

async function execute(file: string, values: Values): Promise<number> {
  const source = { path: studyPath(file), quick: values.quick ?? false };
  const { study } = await loadStudy(source);
  const shard = values.shard === undefined ? undefined : parseShard(values.shard, process.env);
  const suffix = `${source.quick ? '-quick' : ''}${shard ? `.${shard.index}-of-${shard.count}` : ''}`;
  const out = userPath(values.out ?? join('study-out', `${study.name}${suffix}.jsonl`));
  const workers =
    values.workers === undefined || values.workers === 'auto'
      ? availableParallelism()
      : expectInteger(WHO, 'workers', Number(values.workers), { min: 1 });
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  const progress = taskProgress(process.stderr);
  let results: Results | undefined;
  try {
    results = await runStudy({ source, out, shard, workers, signal: stop.signal, ...progress });
  } finally {
    progress.stop();
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
  if (results === undefined) {
    console.error('Interrupted. The same command goes on where it stopped.');
    return 130;
  }
  console.error(`results: ${out}`);
  if (shard === undefined) show(results, values);
  return 0;
}

function merge([out, ...parts]: readonly string[]): number {
  if (out === undefined || parts.length === 0)
    throw new MoeError('moe study merge', 'give OUT and the parts');
  const results = mergeResults(parts.map(userPath));
  writeResults(userPath(out), results);
  console.error(`${results.outcomes.length} tasks: ${userPath(out)}`);
  return 0;
}

async function report([file]: readonly string[], values: Values): Promise<number> {
  if (file === undefined) throw new MoeError('moe study report', 'give the results of a study');
  const path = userPath(file);
  if (!existsSync(path))
    throw new MoeError('moe study report', 'the results must be a file that can be read', file);
  const results = parseResults(readFileSync(path, 'utf8'), path);
  const curves = show(results, values);
  const page = userPath(values.out ?? `${path.slice(0, path.length - extname(path).length)}.html`);
  mkdirSync(dirname(page), { recursive: true });
  // Plots take longer to load than some studies to run.
  const { reportPage } = await import('../study/report/page.ts');
  writeFileSync(page, reportPage(results, curves));
  console.error(`report: ${page}`);
  if (values.svg !== undefined) await writePlots(userPath(values.svg), results, curves);
  return 0;
}

async function writePlots(folder: string, { header }: Results, curves: readonly Curve[]): Promise<void> {
  const { figuresOf } = await import('../study/report/figures.ts');
  mkdirSync(folder, { recursive: true });
  for (const { name, svg } of figuresOf(header.study, curves)) {
    const path = join(folder, `${name}.svg`);
    writeFileSync(path, `${svg}\n`);
    console.error(`plot: ${path}`);
  }
}

/** Results on standard output, as a table or as JSON. */
function show(results: Results, { json }: Values): Curve[] {
  const curves = summarise(results);
  console.log(json ? JSON.stringify(reportJson(results, curves)) : curveTable(curves));
  return curves;
}

/** What was run, and what came of it. */
function reportJson({ header }: Results, curves: readonly Curve[]): object {
  const { study, fingerprint, config } = header;
  const { title, sizes, replicates, seed } = config as Study;
  const labelled = curves.map((curve) => ({ label: lossLabel(curve.loss), ...curve }));
  return { study, title, fingerprint, sizes, replicates, seed, curves: labelled };
}

async function list(): Promise<number> {
  for (const name of readyStudies()) {
    const { study } = await loadStudy({ path: join(READY, name), quick: false });
    console.log(`${basename(name, extname(name)).padEnd(28)} ${study.title}`);
  }
  return 0;
}

/** A path from where the user is, or a ready study. */
function studyPath(file: string): string {
  const path = userPath(file);
  if (existsSync(path)) return path;
  const ready = readyStudies().find((name) => basename(name, extname(name)) === file);
  if (ready !== undefined) return join(READY, ready);
  const known = readyStudies().map((name) => basename(name, extname(name)));
  throw new MoeError(WHO, `FILE must be a file, or one of ${known.join(', ')}`, file);
}

function readyStudies(): string[] {
  return existsSync(READY)
    ? readdirSync(READY)
        .filter((name) => /\.(json|ts)$/.test(name))
        .sort()
    : [];
}
