import type { OptionTable, Terminal } from '@tfjs-moe/command-line';

/** One word after `moe`. Results go to standard output, progress and complaints to standard error. */
export interface Command {
  /** The words that begin with `--`, for completion. */
  readonly options: OptionTable;
  /**
   * Runs with the words after the command's name.
   * @returns the exit status
   * @throws MoeError for bad input
   */
  run(words: readonly string[], terminal: Terminal): Promise<number>;
}
