import type { Terminal } from '@tfjs-moe/command-line';
import { clock, percent } from 'app-frame';

/** Where a run stands: on one line of a terminal, or a line now and then anywhere else. */
export function progressOn(terminal: Pick<Terminal['output'], 'write'> & { readonly isTTY?: boolean }): {
  report(what: string, done: number, bits: number): void;
  stop(): void;
} {
  const began = performance.now();
  let printed = -1;
  return {
    report(what, done, bits) {
      const part = Math.floor(done * (terminal.isTTY ? 1000 : 18));
      if (part === printed) return;
      printed = part;
      const elapsed = (performance.now() - began) / 1000;
      const left = clock((elapsed / done) * (1 - done));
      const line = `${percent(done, 0).padStart(5)}  ${what}: ${bits.toFixed(2)} bits per character  ${left} left`;
      terminal.write(terminal.isTTY ? `\r${line.padEnd(78)}` : `${line}\n`);
    },
    stop() {
      if (terminal.isTTY && printed >= 0) terminal.write('\n');
    },
  };
}
