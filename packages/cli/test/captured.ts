/** What a command prints, kept from the terminal. */
import type { Output, Terminal } from '@tfjs-moe/command-line';
import { beforeEach } from 'vitest';

export interface Captured {
  /** What commands are given. */
  readonly terminal: Terminal;
  /** Standard output: what each call wrote, without the line's end. */
  output: string[];
  /** Standard error. */
  progress: string[];
}

/** Empty again before every test. */
export function captured(): Captured {
  const kept = { output: [] as string[], progress: [] as string[] };
  beforeEach(() => {
    kept.output = [];
    kept.progress = [];
  });
  const stream = (write: (text: string) => void): Output => ({
    isTTY: false,
    write,
    failure: () => undefined,
  });
  return Object.assign(kept, {
    terminal: {
      output: stream((text) => void kept.output.push(text.replace(/\n$/, ''))),
      errors: stream((text) => void kept.progress.push(text)),
    },
  });
}
