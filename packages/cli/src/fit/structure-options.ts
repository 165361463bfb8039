import type { Given, Reader, Valued } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { CoefficientStructure } from '@tfjs-moe/estimators';

/** What stands between semicolons, since names of columns may have commas. */
const list: Reader<readonly string[]> = (written, option, who) => {
  const parts = written
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (parts.length === 0) throw new MoeError(who, `${option} must name a coefficient`, written);
  return parts;
};

type StructureTable = { readonly [Name in 'equal' | 'fix' | 'absent']: Valued<readonly string[]> };

/** What can be written of coefficients that hold. */
export const structureTable: StructureTable = {
  equal: {
    value: 'TEXT',
    about: 'coefficients that all experts share: "x1", "x1; sigma"; semicolons between several',
    read: list,
  },
  fix: {
    value: 'TEXT',
    about: 'equations that hold: "expert 1: x1 = 0.5", "shape = 1", "expert 1: x1 = 2 * expert 2: x1"',
    read: list,
  },
  absent: {
    value: 'TEXT',
    about: 'coefficients that are 0: "expert 1: x1", "gate: z"; "x1" in experts and gate',
    read: list,
  },
};

/** What holds between coefficients; nothing where nothing was written. */
export function structureOf({ equal, fix, absent }: Given<StructureTable>): CoefficientStructure | undefined {
  if ([equal, fix, absent].every((each) => each === undefined)) return undefined;
  return {
    ...(equal !== undefined && { equal }),
    ...(fix !== undefined && { fixed: fix }),
    ...(absent !== undefined && { absent }),
  };
}
