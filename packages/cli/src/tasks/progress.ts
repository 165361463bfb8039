import type { Output } from '@tfjs-moe/command-line';
import { SingleBar } from 'cli-progress';

/** Progress of tasks: a bar with the time left on a terminal, a line now and then anywhere else. */
export interface TaskProgress<Outcome> {
  onStart(total: number, done: number): void;
  onOutcome(outcome: Outcome): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

/** Seconds between two lines. */
const EVERY = 10;

/** @param say what a bar says of the last outcome */
export function taskProgress<Outcome>(
  errors: Output,
  say: (outcome: Outcome) => string = () => '',
): TaskProgress<Outcome> {
  return errors.isTTY ? bar(errors, say) : lines(errors);
}

function lines<Outcome>(errors: Output): TaskProgress<Outcome> {
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

function bar<Outcome>(errors: Output, say: (outcome: Outcome) => string): TaskProgress<Outcome> {
  const shown = new SingleBar({
    stream: errors as unknown as NodeJS.WritableStream,
    format: '{bar} {value} of {total} tasks  {said}  {eta_formatted} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    etaBuffer: 50,
  });
  return {
    onStart(total, done) {
      shown.start(total, done, { said: '' });
    },
    onOutcome(outcome) {
      shown.increment(1, { said: say(outcome) });
    },
    stop: () => shown.stop(),
  };
}
