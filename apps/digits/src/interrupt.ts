/**
 * Ctrl-C: the first asks for an early end, so that what was learned is kept; the second quits at once.
 */

/** Exit status of an interrupted program, as shells count: 128 plus the number of SIGINT. */
export const INTERRUPTED = 130;

/**
 * A signal that is aborted by the first Ctrl-C.
 * @param onFirst called then
 * @param onSecond called before the program quits
 */
export function interruptSignal(onFirst: () => void, onSecond: () => void): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) {
      onSecond();
      process.exit(INTERRUPTED);
    }
    controller.abort();
    onFirst();
  });
  return controller.signal;
}
