import type { Output } from '@tfjs-moe/command-line';
import { SingleBar } from 'cli-progress';
import type { Outcome } from './results.ts';

/** Progress of a study: a bar with the time left on a terminal, a line now and then anywhere else. */
export interface TaskProgress {
  onStart(total: number, done: number): void;
  onOutcome(outcome: Outcome): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

/** Seconds between two lines. */
const EVERY = 10;

export function taskProgress(errors: Output): TaskProgress {
  return errors.isTTY ? bar(errors) : lines(errors);
}

function lines(errors: Output): TaskProgress {
  const began = performance.now();
  let [total, before, done, said] = [0, 0, 0, began];
  return {
    onStart(all, earlier) {
      [total, before] = [all, earlier];
      errors.write(`${all} tasks${earlier > 0 ? `, ${earlier} of them done before` : ''}\n`);
    },
    onOutcome() {
      done += 1;
      const now = performance.now();
      if (now - said < 1000 * EVERY && before + done < total) return;
      said = now;
      const left = ((now - began) / done) * (total - before - done);
      errors.write(`${before + done} of ${total} tasks, about ${Math.ceil(left / 1000)} s left\n`);
    },
    stop() {},
  };
}

function bar(errors: Output): TaskProgress {
  const shown = new SingleBar({
    stream: errors as unknown as NodeJS.WritableStream,
    format: '{bar} {value} of {total} tasks  {arm}, n = {n}  {eta_formatted} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    etaBuffer: 50,
  });
  return {
    onStart(total, done) {
      shown.start(total, done, { arm: '', n: '' });
    },
    onOutcome({ arm, n }) {
      shown.increment(1, { arm, n });
    },
    stop: () => shown.stop(),
  };
}
