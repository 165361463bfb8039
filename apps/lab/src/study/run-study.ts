/**
 * Runs a study, or one shard of it, on all cores, and goes on where a killed run stopped.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expectSame, type Journal, openJournal } from './journal.ts';
import { type Header, type Outcome, parseResults, type Results, writeResults } from './results-file.ts';
import { fingerprintOf, loadStudy, type StudySource } from './study-file.ts';
import { type Shard, type Task, tasksOf, tasksOfShard } from './task.ts';
import { openPool } from './task-pool.ts';

export interface RunOptions {
  readonly source: StudySource;
  /** File of the results. */
  readonly out: string;
  readonly shard: Shard | undefined;
  /** Threads; 1 computes in this one. */
  readonly workers: number;
  /** Module of a worker, if not the built one. */
  readonly worker?: URL;
  readonly signal?: AbortSignal;
  onStart?(total: number, done: number): void;
  onOutcome?(outcome: Outcome): void;
}

/** @returns the results, or undefined if the signal ended the run before they were complete */
export async function runStudy(options: RunOptions): Promise<Results | undefined> {
  const { source, out, shard } = options;
  const { study, config } = await loadStudy(source);
  const tasks = tasksOf(study);
  const header: Header = {
    study: study.name,
    fingerprint: fingerprintOf(config),
    tasks: tasks.length,
    ...(shard && { shard }),
    config,
  };
  const own = tasksOfShard(tasks, shard);
  const complete = completeResults(out, header);
  if (complete !== undefined) {
    options.onStart?.(own.length, own.length);
    return complete;
  }
  mkdirSync(dirname(out), { recursive: true });
  const partial = `${out}.partial`;
  const journal = openJournal(partial, header);
  const outcomes = new Map(journal.done.map((outcome) => [outcome.index, outcome]));
  const left = own.filter(({ index }) => !outcomes.has(index));
  options.onStart?.(own.length, own.length - left.length);
  try {
    await work(options, left, journal, outcomes);
  } finally {
    journal.close();
  }
  if (outcomes.size < own.length) return undefined;
  const results = { header, outcomes: [...outcomes.values()] };
  writeResults(out, results);
  rmSync(partial);
  return results;
}

/** What an earlier run finished. */
function completeResults(out: string, header: Header): Results | undefined {
  if (!existsSync(out)) return undefined;
  const found = parseResults(readFileSync(out, 'utf8'), out);
  expectSame(found.header, header, out);
  return found;
}

async function work(
  { source, workers, worker, signal, onOutcome }: RunOptions,
  left: readonly Task[],
  journal: Journal,
  outcomes: Map<number, Outcome>,
): Promise<void> {
  if (left.length === 0) return;
  const pool = await openPool({ source, workers: Math.min(workers, left.length), ...(worker && { worker }) });
  // The largest samples first: the last ones would keep one core busy while the others are done.
  const queue = [...left].sort((a, b) => b.n - a.n || a.index - b.index);
  const lane = async () => {
    for (let task = queue.shift(); task !== undefined && !signal?.aborted; task = queue.shift()) {
      const outcome = await pool.run(task.index);
      journal.append(outcome);
      outcomes.set(outcome.index, outcome);
      onOutcome?.(outcome);
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.lanes }, lane));
  } finally {
    await pool.close();
  }
}
