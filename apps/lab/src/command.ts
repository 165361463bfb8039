/**
 * Command: one word after `moe`. Results go to standard output, progress and complaints to standard error.
 */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly about: string;
  /** Runs with the words after the command's name. Returns the exit status; 2 for bad input. */
  run(words: readonly string[]): Promise<number>;
}
