/**
 * Runs a study, or one shard of it, on all cores, and goes on where a killed run stopped.
 */
import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expectOutput, type FileSystem, type Lock, makeFolder, takeLock } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { type Journal, openJournal, readEarlier } from './journal.ts';
import type { Header, Outcome, Results } from './results.ts';
import { isComplete, type Lines, writeResults } from './results-file.ts';
import { runTasks } from './run-tasks.ts';
import { fingerprintOf, loadStudy, type StudySource } from './study-file.ts';
import { type Shard, tasksOf, tasksOfShard } from './task.ts';
import type { OpenPool } from './task-pool.ts';
import { openThreadPool } from './thread-pool.ts';

const WHO = 'moe study';

export interface RunOptions {
  readonly source: StudySource;
  /** File of the results. */
  readonly out: string;
  readonly shard: Shard | undefined;
  /** Tasks that run at once, each in a thread of its own. */
  readonly workers: number;
  /** Megabytes that the objects of one thread may take. */
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal;
  onStart?(total: number, done: number): void;
  onOutcome?(outcome: Outcome): void;
  /** Says that another run may be at work, which takes a while to find out. */
  onWait?(said: string): void;
  /** Threads, if not those of this module. */
  readonly openPool?: OpenPool;
  readonly files?: FileSystem;
}

/**
 * @returns the results, or undefined if the signal ended the run before they were complete
 * @throws MoeError where another run of the same results is at work, a file cannot be read or written, or tasks failed
 */
export async function runStudy(options: RunOptions): Promise<Results | undefined> {
  const { source, out, shard, signal, onStart, onWait } = options;
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
  const path = expectOutput(WHO, '--out', out, out, { makesFolder: true, isKept: true });
  const partial = `${path}.partial`;
  const finished = (found: Lines | undefined): Results | undefined =>
    found && isComplete(found) && found.repeated.length === 0
      ? resultsOf(found.header, found.outcomes)
      : undefined;
  const before = finished(readEarlier(path, header));
  if (before !== undefined && !existsSync(partial)) {
    onStart?.(own.length, own.length);
    return before;
  }
  makeFolder(WHO, 'the folder of --out', dirname(path));
  const what = 'a run of these results';
  const lock = await takeLock(WHO, `${path}.lock`, { what, signal, ...(onWait && { onWait }) });
  if (lock === undefined) return undefined;
  let journal: Journal | undefined;
  try {
    // Another run may have finished since.
    const earlier = readEarlier(path, header);
    const complete = finished(earlier);
    if (complete !== undefined) {
      rmSync(partial, { force: true });
      onStart?.(own.length, own.length);
      return complete;
    }
    journal = openJournal(partial, header, options.files);
    const outcomes = joined(earlier?.outcomes ?? [], journal.done, path);
    const left = own.filter(({ index }) => !outcomes.has(index));
    onStart?.(own.length, own.length - left.length);
    await runTasks(left, { ...options, openPool: options.openPool ?? openThreadPool }, (outcome) => {
      keep(outcome, journal!, lock);
      outcomes.set(outcome.index, outcome);
      options.onOutcome?.(outcome);
    });
    if (outcomes.size < own.length) return undefined;
    const results = resultsOf(header, outcomes.values());
    lock.expectHeld();
    writeResults(WHO, path, results, options.files);
    rmSync(partial, { force: true });
    return results;
  } finally {
    journal?.close();
    lock.release();
  }
}

/** In the order of the tasks. */
function resultsOf(header: Header, outcomes: Iterable<Outcome>): Results {
  return { header, outcomes: [...outcomes].sort((a, b) => a.index - b.index) };
}

function keep(outcome: Outcome, journal: Journal, lock: Lock): void {
  lock.expectHeld();
  journal.append(outcome);
}

/** What is in the results and what is in the journal, by task. */
function joined(
  results: readonly Outcome[],
  journal: readonly Outcome[],
  path: string,
): Map<number, Outcome> {
  const outcomes = new Map(results.map((outcome) => [outcome.index, outcome]));
  for (const outcome of journal) {
    const other = outcomes.get(outcome.index);
    if (other !== undefined && !isDeepStrictEqual(other, outcome)) {
      const rule = `task ${outcome.index} is in ${path} and in ${path}.partial, differently; remove one of the files`;
      throw new MoeError(WHO, rule);
    }
    outcomes.set(outcome.index, outcome);
  }
  return outcomes;
}
