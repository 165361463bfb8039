/**
 * Progress in steps of unknown length: one line that says what is being done on a terminal, a line each elsewhere.
 */
export interface StepProgress {
  step(what: string): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

/** What progress is written to: `process.stderr`, or a stand-in. */
export interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const CLEAR = '\r\u001b[K';

export function stepProgress(stream: Stream): StepProgress {
  return {
    step: (what) => void stream.write(stream.isTTY ? `${CLEAR}${what} ...` : `${what}\n`),
    stop: () => void (stream.isTTY && stream.write(CLEAR)),
  };
}
