/** Runs tasks on all cores, keeps what each of them gave, and goes on where a killed run stopped. */
import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expectOutput, type FileSystem, type Lock, makeFolder, takeLock } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { type Journal, openJournal, readEarlier } from './journal.ts';
import { runTasks, type TasksOptions } from './run-tasks.ts';
import {
  inOrder,
  type Numbered,
  type TaskFile,
  type TaskLines,
  type TaskResults,
  writeTaskResults,
} from './task-file.ts';

/** How a run is watched and ended. */
export interface RunWatch<Outcome> {
  /** Ends the work after the tasks that are begun. */
  readonly signal?: AbortSignal;
  onStart?(total: number, done: number): void;
  onOutcome?(outcome: Outcome): void;
  /** Says that another run may be at work, which takes a while to find out. */
  onWait?(said: string): void;
}

export interface KeptRun<Header, Outcome extends Numbered, Task extends Numbered, Source>
  extends RunWatch<Outcome>,
    Omit<TasksOptions<Task, Source, Outcome>, 'who' | 'signal'> {
  readonly file: TaskFile<Header, Outcome>;
  readonly header: Header;
  /** In the order in which they are begun. */
  readonly tasks: readonly Task[];
  /** File of the results. */
  readonly out: string;
  readonly files?: FileSystem | undefined;
}

/**
 * @returns the results, or undefined if the signal ended the run before they were complete
 * @throws MoeError where another run of the same results is at work, a file cannot be read or written, or tasks failed
 */
export async function runKept<Header, Outcome extends Numbered, Task extends Numbered, Source>(
  run: KeptRun<Header, Outcome, Task, Source>,
): Promise<TaskResults<Header, Outcome> | undefined> {
  const { file, header, tasks, out, files, signal, onStart, onWait } = run;
  const { who } = file;
  const path = expectOutput(who, '--out', out, out, { makesFolder: true, isKept: true });
  const partial = `${path}.partial`;
  const finished = (found: TaskLines<Header, Outcome> | undefined) =>
    found && found.repeated.length === 0 && leftOf(tasks, numbered(found.outcomes)).length === 0
      ? { header: found.header, outcomes: inOrder(found.outcomes) }
      : undefined;
  const before = finished(readEarlier(file, path, header));
  if (before !== undefined && !existsSync(partial)) {
    onStart?.(tasks.length, tasks.length);
    return before;
  }
  makeFolder(who, 'the folder of --out', dirname(path));
  const what = 'a run of these results';
  const lock = await takeLock(who, `${path}.lock`, { what, signal, ...(onWait && { onWait }) });
  if (lock === undefined) return undefined;
  let journal: Journal<Outcome> | undefined;
  try {
    // Another run may have finished since.
    const earlier = readEarlier(file, path, header);
    const complete = finished(earlier);
    if (complete !== undefined) {
      rmSync(partial, { force: true });
      onStart?.(tasks.length, tasks.length);
      return complete;
    }
    journal = openJournal(file, partial, header, files);
    const outcomes = joined(who, earlier?.outcomes ?? [], journal.done, path);
    const left = leftOf(tasks, outcomes);
    onStart?.(tasks.length, tasks.length - left.length);
    await runTasks(left, { ...run, who }, (outcome) => {
      keep(outcome, journal!, lock);
      outcomes.set(outcome.index, outcome);
      run.onOutcome?.(outcome);
    });
    if (leftOf(tasks, outcomes).length > 0) return undefined;
    const results = { header, outcomes: inOrder(outcomes.values()) };
    lock.expectHeld();
    writeTaskResults(who, path, results, files);
    rmSync(partial, { force: true });
    return results;
  } finally {
    journal?.close();
    lock.release();
  }
}

function numbered<Outcome extends Numbered>(outcomes: readonly Outcome[]): Map<number, Outcome> {
  return new Map(outcomes.map((outcome) => [outcome.index, outcome]));
}

function leftOf<Task extends Numbered>(
  tasks: readonly Task[],
  outcomes: ReadonlyMap<number, unknown>,
): Task[] {
  return tasks.filter(({ index }) => !outcomes.has(index));
}

function keep<Outcome>(outcome: Outcome, journal: Journal<Outcome>, lock: Lock): void {
  lock.expectHeld();
  journal.append(outcome);
}

/** What is in the results and what is in the journal, by task. */
function joined<Outcome extends Numbered>(
  who: string,
  results: readonly Outcome[],
  journal: readonly Outcome[],
  path: string,
): Map<number, Outcome> {
  const outcomes = numbered(results);
  for (const outcome of journal) {
    const other = outcomes.get(outcome.index);
    if (other !== undefined && !isDeepStrictEqual(other, outcome)) {
      const rule = `task ${outcome.index} is in ${path} and in ${path}.partial, differently; remove one of the files`;
      throw new MoeError(who, rule);
    }
    outcomes.set(outcome.index, outcome);
  }
  return outcomes;
}
