import { engine } from '@tensorflow/tfjs-core';
import { expectInteger } from '@tfjs-moe/core';
import { type Attachment, attach } from '../attach.ts';
import { warnOnce } from '../warn.ts';
import { startTeam, type Team } from './team.ts';

/**
 * The threads option: how many are wanted, and the team that serves the backend in use.
 *
 * Number of threads, the main thread included, or `'auto'` for as many as the machine has cores for.
 */
export type Threads = number | 'auto';

/** Most threads: beyond, the main thread is busy with moving operands. */
const MOST_THREADS = 16;
const MOST_AUTO_THREADS = 8;

interface Serving {
  /** The memory that the workers share or copy from. */
  readonly memory: WebAssembly.Memory;
  readonly workers: number;
  /** Undefined where none could be started: that is not tried again. */
  readonly team: Team | undefined;
}

let wanted = 1;
let serving: Serving | undefined;

/** Checks the option. */
export function threadsOf(threads: Threads): number {
  if (threads === 'auto') return autoThreads();
  return expectInteger('register', 'threads', threads, { min: 1, max: MOST_THREADS });
}

/**
 * All logical cores up to four, half of them beyond, eight at most: two logical cores of one physical core share the units
 * that multiply.
 */
function autoThreads(): number {
  const cores = globalThis.navigator?.hardwareConcurrency ?? nodeCores();
  return Math.min(MOST_AUTO_THREADS, Math.max(Math.min(cores, 4), Math.ceil(cores / 2)));
}

/** Node has a navigator from version 21 on. */
function nodeCores(): number {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const os = process?.getBuiltinModule?.('node:os') as { availableParallelism(): number } | undefined;
  return os?.availableParallelism() ?? 1;
}

/** From now on products use so many threads, once workers are up. With one, workers that are there sleep. */
export function useThreads(threads: number): void {
  wanted = threads;
}

/** The team for a backend, started by the first call; undefined while products run on one thread. */
export function teamFor(attachment: Attachment): Team | undefined {
  if (wanted === 1) return undefined;
  const { memory } = attachment;
  if (serving === undefined || serving.memory !== memory || serving.workers !== wanted - 1) {
    stopThreads();
    serving = { memory, workers: wanted - 1, team: startTeam(attachment, wanted - 1) };
  }
  const { team } = serving;
  return team !== undefined && team.threads() > 1 ? team : undefined;
}

/** Ends all workers. */
export function stopThreads(): void {
  serving?.team?.stop();
  serving = undefined;
}

/** Longest time for workers to come up. */
const START_MS = 10_000;

/**
 * Resolves when the workers that `register({ threads })` asked for are up, to the number of threads that products use:
 * 1 where there can be no others, and before the wasm backend is in use. Products do not wait for it; they run on the
 * threads that are there, to the same bits.
 */
export async function threadsReady(): Promise<number> {
  const backend = engine().registry.wasm;
  const attachment = backend && attach(backend);
  if (attachment === undefined) return 1;
  teamFor(attachment);
  const start = performance.now();
  for (;;) {
    const team = serving?.team;
    if (wanted === 1 || team === undefined) return 1;
    const threads = team.threads();
    if (team.broken() || threads === wanted) return threads;
    if (performance.now() - start > START_MS) {
      warnOnce(`products run on fewer threads than were asked for: some workers do not start`);
      return threads;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
