/**
 * Command: one word after `moe`. Results go to standard output, progress and complaints to standard error.
 */
export interface Command {
  /** Runs with the words after the command's name. Returns the exit status; 2 for bad input. */
  run(words: readonly string[]): Promise<number>;
}
