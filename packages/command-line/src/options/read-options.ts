import { parseArgs } from 'node:util';
import { MoeError } from '@tfjs-moe/core';
import { didYouMean } from './did-you-mean.ts';
import type { Reader } from './values.ts';

/** An option that is there or not. */
export interface Flag {
  readonly about: string;
  readonly value?: undefined;
}

/** An option with a value. */
export interface Valued<T> {
  readonly about: string;
  /** What stands for the value in the help, such as `N`. */
  readonly value: string;
  readonly read: Reader<T>;
}

/** The options of a program by their long names. `help`, also `-h`, is there without being named. */
export type OptionTable = Readonly<Record<string, Flag | Valued<unknown>>>;

/** What was given: the values that were read, and whether flags were there. */
export type Given<O extends OptionTable> = {
  readonly [Name in keyof O]: O[Name] extends Valued<infer T> ? T | undefined : boolean;
};

/** The words of a command, read: options by name, and the words that are none. */
export interface Words<O extends OptionTable> {
  readonly given: Given<O>;
  /** Words that are no options, in order. */
  readonly words: readonly string[];
  /** Whether the help is asked for, whatever else is; nothing else is read then. */
  readonly help: boolean;
}

/**
 * Reads the words of a command line: `--name value` or `--name=value`, the last where one is repeated.
 * @throws MoeError at an option that is not in the table, a value that is missing or too much, and whatever readers refuse
 */
export function readOptions<const O extends OptionTable>(
  who: string,
  written: readonly string[],
  table: O,
): Words<O> {
  const { tokens } = parseArgs({
    args: [...written],
    // Only says where values belong: what is unknown or missing is told here, in the words of this project.
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(
        Object.entries(table).map(([name, { value }]) => [
          name,
          { type: value === undefined ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
  });
  const options = tokens.filter((token) => token.kind === 'option');
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(table).map(([name, { value }]) => [name, value === undefined ? false : undefined]),
  );
  if (options.some(({ name }) => name === 'help')) return { given: given as Given<O>, words, help: true };
  for (const { name, rawName, value, inlineValue } of options) {
    const option = Object.hasOwn(table, name) && rawName.startsWith('--') ? table[name] : undefined;
    if (option === undefined) throw unknown(who, rawName, table);
    if (option.value === undefined) {
      if (value !== undefined) throw new MoeError(who, `${rawName} takes no value`, value);
      given[name] = true;
    } else {
      const read = value?.trim() ?? '';
      // `--gate --quick` has forgotten its value; `--balance -1` has not.
      const isOption = inlineValue !== true && /^-(?![\d.])./.test(read);
      if (read === '' || isOption) throw new MoeError(who, `${rawName} needs a value, ${option.value}`);
      given[name] = option.read(read, rawName, who);
    }
  }
  return { given: given as Given<O>, words, help: false };
}

function unknown(who: string, option: string, table: OptionTable): MoeError {
  const known = [...Object.keys(table), 'help'].map((name) => `--${name}`);
  const hint = didYouMean(option, known);
  return new MoeError(who, `unknown option ${option}${hint || `; known options are ${known.join(', ')}`}`);
}

/** Words that a program has no use for. */
export function expectNoWords(who: string, words: readonly string[]): void {
  const [stray] = words;
  if (stray !== undefined) throw new MoeError(who, 'takes options only, written --name=value', stray);
}
