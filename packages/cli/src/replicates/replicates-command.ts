import { stopOnSignals, type Terminal } from '@tfjs-moe/command-line';

import { stepProgress } from '../step-progress.ts';
import { taskProgress } from '../tasks/progress.ts';
import type { RunWatch } from '../tasks/run-kept.ts';

/** What help says of a command that keeps its replicates. */
export const keptHelp: string = `While it is at work, PATH.partial holds the finished replicates and PATH.lock says who it is. Ctrl-C, SIGTERM and a closed
terminal end it after the replicates that are begun; the same command goes on where it stopped, also with more --replicates.`;

/** A command that fits a sample, and then computes replicates. */
export interface ReplicatesCommand<Found, Outcome, Result> {
  /** @param onFit told of what is begun */
  observe(onFit: (said: string) => void): Found;
  run(observed: Found, watch: RunWatch<Outcome>): Promise<Result | undefined>;
  /** Writes the result, and says the exit status. */
  show(result: Result, observed: Found): number;
}

/** @returns the exit status: that of the result, or after a signal the signal's */
export async function runReplicatesCommand<Found extends { readonly out: string }, Outcome, Result>(
  { errors }: Terminal,
  command: ReplicatesCommand<Found, Outcome, Result>,
): Promise<number> {
  const fitting = stepProgress(errors);
  let observed: Found;
  try {
    // A fit cannot be ended half-way: signals do what they do otherwise.
    observed = command.observe(fitting.reach);
  } finally {
    fitting.stop();
  }
  const progress = taskProgress<Outcome>(errors);
  const stop = stopOnSignals({
    onFirst: () =>
      errors.write('\nEnding after the replicates that are begun; another signal quits at once.\n'),
    onSecond: () => progress.stop(),
  });
  const onWait = (said: string) => errors.write(`${said}\n`);
  let result: Result | undefined;
  try {
    result = await command.run(observed, { signal: stop.signal, onWait, ...progress });
  } finally {
    progress.stop();
    stop.release();
  }
  if (result === undefined) {
    errors.write('Interrupted. The same command goes on where it stopped.\n');
    return stop.status ?? 1;
  }
  errors.write(`replicates: ${observed.out}\n`);
  return command.show(result, observed);
}
