import { type StopSignal, statusAfter, stopSignals } from '../writing/deferred-signals.ts';
import { endWithTerminal } from './hang-up.ts';

/** Whether and by what a program was asked to end. */
export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit status after that signal; nothing where none came. */
  readonly status: number | undefined;
  /** Leaves signals to what they do otherwise. */
  release(): void;
}

export interface StopOptions {
  /** Says that the first signal was heard, and that another quits at once. */
  onFirst?(): void;
  /** Called before another one quits. */
  onSecond?(): void;
  /** Milliseconds in which further signals are those of the same request. */
  readonly settle?: number;
}

/** One request may come as several signals: the terminal, pnpm and a closing shell each pass it on. */
const SETTLE = 250;

/**
 * Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP): the first asks for an early end, so that what was done is kept;
 * another, once `onFirst` has said so, quits at once.
 */
export function stopOnSignals({ onFirst, onSecond, settle = SETTLE }: StopOptions = {}): Stop {
  const controller = new AbortController();
  let status: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  const tell = (): void => {
    clearTimeout(timer);
    if (told) return;
    told = true;
    onFirst?.();
  };
  const hear = (signal: StopSignal): void => {
    if (told) {
      onSecond?.();
      endWithTerminal(statusAfter(signal));
      process.exit(statusAfter(signal));
    }
    if (status !== undefined) return;
    status = statusAfter(signal);
    timer = setTimeout(tell, settle);
    controller.abort();
  };
  for (const signal of stopSignals) process.on(signal, hear);
  return {
    signal: controller.signal,
    get status() {
      return status;
    },
    release() {
      if (status !== undefined) tell();
      for (const signal of stopSignals) process.off(signal, hear);
    },
  };
}
