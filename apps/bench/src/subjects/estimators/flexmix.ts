/**
 * A fit against R's flexmix on one machine in one run: the same rows, the same first assignment of rows to experts, and a
 * tolerance that is at least as strict. R counts its own time, without its start. Of several runs the fastest counts, on both
 * sides: the one that other work on the machine disturbed least.
 */
import { join } from 'node:path';
import { replaceFile, withTemporaryFolder } from '@tfjs-moe/command-line';
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { runProcess } from '../../run-process.ts';
import type { Row } from '../../subject.ts';
import { reached } from './case.ts';

/** The part of flexmix's time that was to be enough. */
const PART = 0.1;

interface FlexmixFit {
  readonly seconds: number;
  readonly logLikelihood: number;
  readonly iterations: number;
}

/** What is fitted: columns of numbers by name, `cluster` from 0 among them, a formula of the experts and a model of R. */
export interface FlexmixModel {
  readonly columns: Readonly<Record<string, readonly number[]>>;
  readonly formula: string;
  /** As `FLXMRglm(family = "poisson")`. */
  readonly model: string;
  /** What the gate sees: `~ x`. */
  readonly gate: string;
}

const script = ({ formula, model, gate }: FlexmixModel, runs: number) => `
suppressMessages(library(flexmix))
table <- read.csv(commandArgs(trailingOnly = TRUE)[1])
seconds <- numeric(0)
for (run in seq_len(${runs})) {
  time <- system.time(fit <- flexmix(${formula}, data = table, cluster = table$cluster + 1, model = ${model},
    concomitant = FLXPmultinom(${gate}), control = list(tolerance = 1e-10, iter.max = 2000, minprior = 0)))
  seconds <- c(seconds, time[["elapsed"]])
}
cat(min(seconds), format(as.numeric(logLik(fit)), digits = 15), fit@iter)
`;

/** @returns nothing where R has no flexmix */
async function flexmix(fit: FlexmixModel, runs: number): Promise<FlexmixFit | undefined> {
  const names = Object.keys(fit.columns);
  const columns = Object.values(fit.columns);
  const rows = columns[0]!.map((_, i) => columns.map((column) => column[i]).join(','));
  const { stdout, status } = await withTemporaryFolder('flexmix', (folder) => {
    const [table, code] = [join(folder, 'table.csv'), join(folder, 'flexmix.R')];
    replaceFile('bench', { path: table, content: [names.join(','), ...rows].join('\n') });
    replaceFile('bench', { path: code, content: script(fit, runs) });
    return runProcess('Rscript', [code, table]);
  });
  if (status !== 0) return undefined;
  const [seconds, logLikelihood, iterations] = stdout.trim().split(/\s+/).map(Number);
  return { seconds: seconds!, logLikelihood: logLikelihood!, iterations: iterations! };
}

/** One row: the fit and the same by flexmix, each of them several times. */
export async function versusFlexmix(
  name: string,
  fit: () => MaximumLikelihoodFit,
  theirs: FlexmixModel,
  runs: number,
): Promise<Row> {
  const times = Array.from({ length: 5 * runs }, () => {
    const start = performance.now();
    fit();
    return performance.now() - start;
  });
  const ms = Math.min(...times);
  const ours = fit();
  const peer = await flexmix(theirs, runs);
  return {
    case: name,
    mode: 'maximum likelihood',
    spread: {},
    ms,
    iterations: ours.iterations.em + ours.iterations.newton,
    logLikelihood: ours.logLikelihood,
    ...(peer === undefined ? { ratios: {}, note: 'R with flexmix is not installed' } : against(ms, peer)),
  };
}

/** What a row says of both sides. */
function against(ms: number, { seconds, iterations, logLikelihood }: FlexmixFit): Pick<Row, 'ratios'> {
  const part = ms / (1000 * seconds);
  return {
    ratios: { flexmix: part },
    ...{ flexmixMs: 1000 * seconds, flexmixIterations: iterations, flexmixLogLikelihood: logLikelihood },
    ...reached({ bar: `at most ${PART} of flexmix`, share: part / PART }),
  };
}
