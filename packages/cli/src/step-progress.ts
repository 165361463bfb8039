import type { Output } from '@tfjs-moe/command-line';

/** Progress in steps of unknown length: one line that says what is being done on a terminal, a line each elsewhere. */
export interface StepProgress {
  reach(what: string): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

const CLEAR = '\r\u001b[K';

export function stepProgress(errors: Output): StepProgress {
  return {
    reach: (what) => errors.write(errors.isTTY ? `${CLEAR}${what} ...` : `${what}\n`),
    stop: () => void (errors.isTTY && errors.write(CLEAR)),
  };
}

/** Progress in steps whose number is known: one line on a terminal, nothing elsewhere. */
export function countProgress(
  errors: Output,
  what: string,
): { at(done: number, of: number): void; stop(): void } {
  return {
    at: (done, of) => void (errors.isTTY && errors.write(`${CLEAR}${done} of ${of} ${what}`)),
    stop: () => void (errors.isTTY && errors.write(CLEAR)),
  };
}
