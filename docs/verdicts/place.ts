/** Where a cell of a table of verdicts is: by rows and columns, and in the address of the page. */
import type { CellKey } from './cells.ts';

export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface Size {
  readonly inputDim: number;
  readonly experts: number;
}

/** `#softmax/gelu/2/3`: gate, expert, inputs, experts. */
export function addressOf({ gate, expert, inputDim, experts }: CellKey): string {
  return `#${gate}/${expert}/${inputDim}/${experts}`;
}

/** The cell of a gate's table that an address names; undefined where it names none. */
export function placeOf(
  hash: string,
  gate: string,
  experts: readonly string[],
  sizes: readonly Size[],
): Place | undefined {
  const row = experts.findIndex((expert) => hash.startsWith(`#${gate}/${expert}/`));
  const column = sizes.findIndex((size) => hash === addressOf({ gate, expert: experts[row] ?? '', ...size }));
  return row < 0 || column < 0 ? undefined : { row, column };
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
};

/** Where a key leads from a place: to the next cell that is there, or nowhere, which is the same object. */
export function moved(
  from: Place,
  key: string,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  isThere: (place: Place) => boolean,
): Place {
  const end = key === 'Home' || key === 'End';
  const [down, right] = end ? [0, key === 'Home' ? 1 : -1] : (STEPS[key] ?? [0, 0]);
  if (down === 0 && right === 0) return from;
  let row = from.row + down;
  let column = end ? (key === 'Home' ? 0 : columns - 1) : from.column + right;
  while (row >= 0 && row < rows && column >= 0 && column < columns) {
    if (isThere({ row, column })) return row === from.row && column === from.column ? from : { row, column };
    row += down;
    column += right;
  }
  return from;
}
