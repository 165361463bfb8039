import * as experts from '@tfjs-moe/experts';
import * as gates from '@tfjs-moe/gates';
import * as layers from '../../src/index.ts';
import * as looking from '../../src/trace/index.ts';

/** A convention of somebody's program, and how this one is told to follow it. */
export interface Convention {
  /** The vector, by its name. */
  readonly vector: string;
  /** What is computed. */
  readonly convention: string;
  /** Who computes it so. */
  readonly library: string;
  /** What sets it: the text that readers of the table see is the program that runs. */
  readonly option: string;
  /** The numbers that a backend comes to. */
  // biome-ignore lint/suspicious/noExplicitAny: what an option is depends on the text
  readonly answer: (made: any) => Promise<ArrayLike<number>>;
  readonly expected: readonly number[];
}

const scope: Readonly<Record<string, unknown>> = { ...gates, ...experts, ...layers, ...looking };

/** What the text of an option makes. */
function made(option: string): unknown {
  return new Function(...Object.keys(scope), `return (${option});`)(...Object.values(scope));
}

/** The largest difference from the golden numbers, over the largest of them or 1. */
export async function deviationOf({ option, answer, expected }: Convention): Promise<number> {
  const actual = Array.from(await answer(made(option)));
  if (actual.length !== expected.length)
    throw new Error(`there are ${expected.length} golden numbers, not ${actual.length}`);
  const size = Math.max(1, ...expected.map(Math.abs));
  // A NaN must stay one, which Math.max sees to.
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!))) / size;
}
