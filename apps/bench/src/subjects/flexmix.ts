/** A fit by R's flexmix, which counts its own time, without the start of R. Of several runs the fastest counts. */
import { join } from 'node:path';
import { replaceFile, withTemporaryFolder } from '@tfjs-moe/command-line';
import { runProcess } from '../run-process.ts';

export interface FlexmixFit {
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
export async function flexmix(fit: FlexmixModel, runs: number): Promise<FlexmixFit | undefined> {
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

/** What a row says of both sides. */
export function against(
  ms: number,
  theirs: FlexmixFit | undefined,
): { readonly ratios: Readonly<Record<string, number>>; readonly [more: string]: unknown } {
  if (theirs === undefined) return { ratios: {}, note: 'R with flexmix is not installed' };
  return {
    ratios: { flexmix: ms / (1000 * theirs.seconds) },
    flexmixMs: 1000 * theirs.seconds,
    flexmixIterations: theirs.iterations,
    flexmixLogLikelihood: theirs.logLikelihood,
  };
}
