/** Most tasks of one product. */
export const MOST_TASKS = 96;

const STATE = 0;
const READY = 1;
const DONE = 8;
const TASKS = DONE + MOST_TASKS;
/** Words of a task: the kernel, the number of its arguments, and these. */
const TASK_WORDS = 16;
/** One published task in STATE; what is below counts those that are taken. */
const PUBLISHED = 1 << 10;

/** Indices and sizes by name, for the source of a worker. */
export const layout: Readonly<Record<string, number>> = { STATE, READY, DONE, TASKS, TASK_WORDS, PUBLISHED };

/** Kernels that workers run, in the order of their numbers on the board. */
export const taskKernels = ['groupedProduct', 'groupedKernelGradient'] as const;
export type TaskKernel = (typeof taskKernels)[number];

/** How a task ended. */
export type Outcome = 'done' | 'failed' | 'late';

export interface Board {
  readonly words: SharedArrayBuffer;
  /** How many workers have come up. */
  workers(): number;
  /** Takes all tasks off; every one of them must have ended. */
  clear(): void;
  /** Adds a task; returns its number. */
  publish(kernel: TaskKernel, args: readonly number[]): number;
  /** Takes a task for the caller, the one that has waited longest, if any is left. */
  claim(): number | undefined;
  /** Waits for the end of a task that a worker took. */
  outcome(task: number, patienceMs: number): Outcome;
}

/** Looks at a word so many times, some 50 µs, before the thread is put to sleep: going and coming back takes as long. */
const TURNS = 5000;
/** Longest sleep; only a worker that ended without a word makes anybody sleep as long. */
const NAP_MS = 50;

/**
 * Board: the shared words through which the main thread hands tasks to workers.
 *
 * One word holds how many tasks are on the board and how many of them are taken. Whoever raises the second number owns
 * that task: a worker, or the main thread when it has nothing else to do. A task is a kernel and its arguments; its word
 * in DONE says how it went. Nothing here waits for somebody who may not come: what no worker took, the main thread does.
 */
export function board(): Board {
  const buffer = new SharedArrayBuffer(4 * (TASKS + MOST_TASKS * TASK_WORDS));
  const words = new Int32Array(buffer);
  let published = 0;
  return {
    words: buffer,
    workers: () => Atomics.load(words, READY),
    clear() {
      published = 0;
      words.fill(0, DONE, TASKS);
      Atomics.store(words, STATE, 0);
    },
    publish(kernel, args) {
      const task = published++;
      words.set([taskKernels.indexOf(kernel), args.length, ...args], TASKS + task * TASK_WORDS);
      Atomics.add(words, STATE, PUBLISHED);
      Atomics.notify(words, STATE, 1);
      return task;
    },
    claim() {
      for (;;) {
        const state = Atomics.load(words, STATE);
        const task = state % PUBLISHED;
        if (task === Math.floor(state / PUBLISHED)) return undefined;
        if (Atomics.compareExchange(words, STATE, state, state + 1) === state) return task;
      }
    },
    outcome(task, patienceMs) {
      const at = DONE + task;
      const start = performance.now();
      while (Atomics.load(words, at) === 0) {
        for (let turn = 0; turn < TURNS && Atomics.load(words, at) === 0; turn++);
        if (performance.now() - start > patienceMs) return 'late';
        sleep(words, at);
      }
      return Atomics.load(words, at) === 1 ? 'done' : 'failed';
    },
  };
}

let maySleep = true;

/** Sleeps until a word is no longer 0. The main thread of a page may not, and goes on looking. */
function sleep(words: Int32Array, at: number): void {
  if (!maySleep) return;
  try {
    Atomics.wait(words, at, 0, NAP_MS);
  } catch {
    maySleep = false;
  }
}
