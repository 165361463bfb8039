import { MoeError } from '@tfjs-moe/core';
import type { Family } from '@tfjs-moe/measures';

/** Whether a cell is a number to those who write decimal commas. */
export const hasDecimalComma = (cell: string): boolean => /^[+-]?\d*,\d+$/.test(cell);

/**
 * Reads a table by a formula, whose complaints of cells say which option helps.
 * @throws MoeError with the option
 */
export function withRemedies<T>(who: string, formula: string, family: Family, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const remedy = error instanceof MoeError ? remedyOf(error.message, formula, family) : undefined;
    if (remedy === undefined) throw error;
    const [, rule = '', received] = COMPLAINT.exec((error as MoeError).message)!;
    throw new MoeError(who, `${rule}; ${remedy}${received === undefined ? '' : `. ${received}`}`);
  }
}

/** The rule without what a function's option would mend, and what was received. */
const COMPLAINT =
  /^\[tfjs-moe\] [^:]*: ([\s\S]*?)(?:; missing: 'drop' leaves such rows out)?\.(?: (Received: [\s\S]*)\.)?$/;

function remedyOf(message: string, formula: string, { isClass }: Family): string | undefined {
  if (/ must not be missing\.| must say which group | is missing; missing: 'drop'/.test(message))
    return '--missing drop leaves such rows out';
  const [, column = '', cell = ''] =
    /column "([\s\S]*)" must be a number[\s\S]* Received: "([\s\S]*)"\.$/.exec(message) ?? [];
  if (column === '') return undefined;
  if (hasDecimalComma(cell)) return '--decimal , reads decimal commas';
  const isResponse = formula.split('~')[0]!.includes(column);
  return isResponse && isClass !== true ? '--family multinomial explains classes' : undefined;
}
