import type { Attachment } from '../attach.ts';
import { compiledFor } from '../engine.ts';
import { warnOnce } from '../warn.ts';
import { type Board, board, type TaskKernel, taskKernels } from './board.ts';
import { copyingLender, type Lender, sharedLender } from './lender.ts';
import { type RunningWorker, startWorker } from './start-worker.ts';

/** A product in pieces; rows are those of its result. */
export interface SharedWork {
  readonly kernel: TaskKernel;
  /** Where the pieces end: the main thread's share first, then the tasks. */
  readonly ends: readonly number[];
  /** Computes rows from, ..., to - 1 on this thread. */
  compute(from: number, to: number): void;
  /** Lends the operands of some rows; returns the arguments of the kernel, but for the work space. */
  lend(from: number, to: number): number[];
  /** Takes rows back that a worker computed. */
  takeBack(from: number, to: number): void;
}

/**
 * Team: the workers, and the way a product is shared with them.
 */
export interface Team {
  readonly lender: Lender;
  /** Threads that can compute now, this one included. */
  threads(): number;
  /** Whether something went wrong: nothing is shared any more. */
  broken(): boolean;
  /** Does work together; false, and nothing is done, where there is no memory for it. */
  share(prepare: (lender: Lender) => SharedWork): boolean;
  stop(): void;
}

/** How long a task may take: a worker on a busy machine is slow, one that ended never finishes. */
const PATIENCE_MS = 5000;
/** And so many times what the main thread needed for its share. */
const PATIENCE_FACTOR = 20;

/** Starts the workers of a team; undefined, with one warning, where there can be none. */
export function startTeam(
  attachment: Attachment,
  workers: number,
  patienceMs: number = PATIENCE_MS,
): Team | undefined {
  if (typeof SharedArrayBuffer === 'undefined') {
    onOneThread('threads need a page that is cross-origin isolated');
    return undefined;
  }
  try {
    return start(attachment, workers, patienceMs);
  } catch (error) {
    onOneThread(String(error));
    return undefined;
  }
}

function onOneThread(reason: string): void {
  warnOnce(`products run on one thread: ${reason}`);
}

function start({ heap, kernels }: Attachment, workers: number, patienceMs: number): Team {
  const shared = heap.memory.buffer instanceof SharedArrayBuffer;
  const room = Math.ceil(kernels.workspaceBytes() / 64) * 64;
  const lender = shared ? sharedLender(heap.memory) : copyingLender(heap.memory, 64 + workers * room);
  const workspaces = shared ? heap.allocate(workers * room) : 64;
  const tasks = board();
  const running: RunningWorker[] = [];
  let broken = false;
  let stopped = false;

  function stop(): void {
    for (const worker of running.splice(0)) worker.terminate();
    // What a worker in trouble may still write to is never free again.
    if (shared && !broken && !stopped) heap.free(workspaces);
    stopped = true;
  }

  function fail(reason: string): void {
    if (broken) return;
    broken = true;
    onOneThread(reason);
    stop();
  }

  try {
    for (let i = 0; i < workers; i++) {
      const data = {
        words: tasks.words,
        memory: lender.memory,
        module: compiledFor(lender.memory),
        workspace: workspaces + i * room,
        kernels: taskKernels,
      };
      running.push(startWorker(data, fail));
    }
  } catch (error) {
    stop();
    throw error;
  }
  return {
    lender,
    threads: () => (broken ? 1 : 1 + tasks.workers()),
    broken: () => broken,
    share(prepare) {
      let work: SharedWork;
      try {
        lender.clear();
        work = prepare(lender);
      } catch {
        return false;
      }
      const trouble = run(work, tasks, lender.copies, patienceMs);
      if (trouble !== undefined) fail(trouble);
      return true;
    },
    stop,
  };
}

/** Does all pieces; returns what went wrong, if anything. The result is right in any case. */
function run(
  { kernel, ends, compute, lend, takeBack }: SharedWork,
  tasks: Board,
  copies: boolean,
  patienceMs: number,
): string | undefined {
  tasks.clear();
  const begin = (task: number) => ends[task]!;
  const end = (task: number) => ends[task + 1]!;
  for (let task = 0; task + 1 < ends.length; task++) {
    tasks.publish(kernel, lend(begin(task), end(task)));
  }
  const start = performance.now();
  compute(0, begin(0));
  const patience = patienceMs + PATIENCE_FACTOR * (performance.now() - start);
  const own = new Set<number>();
  for (let task = tasks.claim(); task !== undefined; task = tasks.claim()) {
    compute(begin(task), end(task));
    own.add(task);
  }
  let trouble: string | undefined;
  for (let task = 0; task + 1 < ends.length; task++) {
    if (own.has(task)) continue;
    // After one failure nobody is waited for, unless what they write to is the result itself.
    const outcome = tasks.outcome(task, trouble !== undefined && copies ? 0 : patience);
    if (outcome === 'done') {
      takeBack(begin(task), end(task));
      continue;
    }
    trouble ??= outcome === 'failed' ? 'a worker could not do its task' : 'a worker does not answer';
    compute(begin(task), end(task));
  }
  return trouble;
}
