import { stream } from '@tfjs-moe/core';
import { isPiecewise, mixtureTape } from '@tfjs-moe/measures/tape';
import { expertsOnly, hopped } from './hops.ts';
import { advanced, type Run, ranked, type Stage, sumOf } from './runs.ts';
import type { Setting } from './setting.ts';

const SCREENING_STEPS = 30;
const REFINING_STEPS = 150;
const HOPS = 40;
const SETTLING_STEPS = 6;
const HOP_STEPS = 12;

/** All runs at the end of a search, by the numbers of their starts, and the best of them, where one has a result. */
export interface Search {
  readonly runs: readonly Run[];
  readonly best: Run | undefined;
}

/**
 * The stages of a search: all starts for a few steps, the best of them until little is left to gain, where a gate selects
 * also from nearby gates, and in the end the best on all rows.
 */
export function search(setting: Setting): Search {
  const { data, sample, options } = setting;
  let runs = setting.starts.map((numbers, start): Run => ({ start, numbers, iterations: 0, rows: 0 }));
  const by = (stage: Stage) => (run: Run) => advanced(setting, run, stage);
  // A single start has nobody to compete with.
  if (runs.length > 1) {
    const refined = Math.max(2, Math.ceil(runs.length / 3));
    runs = runs.map(by({ name: 'screening', on: sample, steps: SCREENING_STEPS }));
    runs = withBest(runs, refined, by({ name: 'refining', on: sample, steps: REFINING_STEPS }));
    const { tape, means } = mixtureTape(setting.shape);
    if (isPiecewise(tape, means[0]!)) runs = withBest(runs, refined, (run) => afterHops(setting, run));
  }
  // On few rows the runners-up are finished too: the order may still change.
  const finished = data === sample ? Math.min(3, runs.length) : 1;
  const last = ranked(runs).slice(0, finished);
  runs = withBest(runs, finished, by({ name: 'finishing', on: data, steps: options.maxIterations }));
  const [best] = ranked(last.map(({ start }) => runs[start]!));
  return { runs, best: best?.result && best };
}

/** Runs with the best so many of them gone one stage further. */
function withBest(runs: readonly Run[], count: number, next: (run: Run) => Run): Run[] {
  const after = [...runs];
  for (const run of ranked(runs).slice(0, count)) after[run.start] = next(run);
  return after;
}

/** The best of a run and of what it comes to from nearby gates. */
function afterHops(setting: Setting, run: Run): Run {
  const { shape, space, sample, options } = setting;
  const held = expertsOnly(shape, space);
  let best = run;
  for (let hop = 0; hop < HOPS; hop++) {
    const numbers = hopped(best.numbers, shape, space, stream(options.seed, 'hop', run.start, hop));
    // The experts first: with the old ones the gate would go back at once.
    const settling: Stage = { name: 'hopping', on: sample, steps: SETTLING_STEPS, within: held };
    const settled = advanced(setting, { ...best, numbers }, settling);
    const next = advanced(setting, settled, { name: 'hopping', on: sample, steps: HOP_STEPS });
    if (sumOf(next) < sumOf(best)) best = next;
  }
  return best;
}
