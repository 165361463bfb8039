import { constants } from 'node:os';

/** The signals that ask a program to end. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof stopSignals)[number];

/** The exit status of a program that a signal ended, as shells count it: 128 and the signal's number. */
export function statusAfter(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * Does something that a signal must not end half-way. The signal is heard afterwards: by whoever listens, or it ends the
 * program as it would have.
 */
export function withSignalsDeferred<T>(work: () => T): T {
  const end = (signal: NodeJS.Signals) => process.exit(statusAfter(signal));
  const own = stopSignals.filter((signal) => process.listenerCount(signal) === 0);
  for (const signal of own) process.on(signal, end);
  try {
    return work();
  } finally {
    // Signals that came meanwhile are told when the loop asks the system next, which is between these two.
    setImmediate(() =>
      setImmediate(() => {
        for (const signal of own) process.off(signal, end);
      }),
    );
  }
}
