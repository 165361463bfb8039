import type { Output, Terminal } from '../writing/output.ts';

/** A terminal that keeps what it is sent. */
export interface CapturedTerminal extends Terminal {
  /** All of standard output. */
  readonly result: string;
  /** All of standard error. */
  readonly said: string;
}

/** A terminal that keeps what a program writes. */
export function capturedTerminal({ isTTY = false }: { readonly isTTY?: boolean } = {}): CapturedTerminal {
  const kept = { output: '', errors: '' };
  const output = (name: keyof typeof kept): Output => ({
    isTTY,
    columns: 80,
    write: (text) => {
      kept[name] += text;
    },
    failure: () => undefined,
  });
  return {
    output: output('output'),
    errors: output('errors'),
    get result() {
      return kept.output;
    },
    get said() {
      return kept.errors;
    },
  };
}
