import type { Columns } from '../../sample.ts';

const ROWS = 48;

/** The inputs of some rows, spread over the sample. */
export function someRows({ n, inputs }: Columns): Float64Array[] {
  const rows = Math.min(n, ROWS);
  return inputs.map((column) =>
    Float64Array.from({ length: rows }, (_, i) => column[Math.floor((i * n) / rows)]!),
  );
}
