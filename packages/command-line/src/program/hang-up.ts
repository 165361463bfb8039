import { isatty } from 'node:tty';
import { statusAfter } from '../writing/deferred-signals.ts';

/** Asked at the start: a terminal that is closed is none any more. */
const HAD_TERMINAL = [0, 1, 2].some((file) => isatty(file));

/**
 * Ends a program whose terminal was closed by the signal that said so, which shells count as 129. Node puts terminals back
 * as they were when it exits, and aborts with a core dump where the terminal is gone. Does nothing otherwise.
 */
export function endWithTerminal(status: number): void {
  if (!HAD_TERMINAL || status !== statusAfter('SIGHUP')) return;
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}
