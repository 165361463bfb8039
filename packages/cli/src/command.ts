import type { OptionTable, Terminal } from '@tfjs-moe/command-line';

/** One word after `moe`. Results go to standard output, progress and complaints to standard error. */
export interface Command {
  /** The words that begin with `--`, for completion. */
  readonly options: OptionTable;
  /** Words that may stand first behind the command, for completion. */
  readonly firstWords?: readonly string[];
  /**
   * Runs with the words after the command's name.
   * @returns the exit status
   * @throws MoeError for bad input
   */
  run(words: readonly string[], terminal: Terminal): Promise<number>;
}

/** A command in the list of them, loaded when it is asked for. */
export interface CommandEntry {
  readonly name: string;
  /** One line for the list of commands. */
  readonly about: string;
  load(): Promise<Command>;
}
