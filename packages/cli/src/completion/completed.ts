import type { OptionTable } from '@tfjs-moe/command-line';

/** A command as a shell completes it. */
export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly options: OptionTable;
  /** Words that may stand first behind it. */
  readonly firstWords?: readonly string[] | undefined;
}

/** An option as a shell completes it. */
export interface CompletedOption {
  readonly name: string;
  readonly about: string;
  /** What stands for its value; none of a flag. */
  readonly value: string | undefined;
  /** The words that its value is one of, where they are known. */
  readonly words: readonly string[];
  readonly isFile: boolean;
}

export function optionsOf({ options }: CompletedCommand): CompletedOption[] {
  const own = Object.entries(options).map(([name, { about, value, ...more }]) => ({
    ...{ name, about, value },
    words: 'read' in more ? (more.read.words ?? []) : [],
    isFile: value !== undefined && /FILE|PATH|FOLDER/.test(value),
  }));
  return [...own, { name: 'help', about: 'this', value: undefined, words: [], isFile: false }];
}

/** In single quotes, as bash and zsh read them. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
