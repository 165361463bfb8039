import { type Columns, rowsByUnit } from '../../sample.ts';
import type { Given } from '../problem/given.ts';

/** Shares of the zeros that starts give to a zero expert, in turns. */
export const ZERO_SHARES: readonly number[] = [0.5, 0.9, 0.2];

/** Responsibilities with those of a zero expert behind: of rows, or of groups whose responses are all 0, a share of each. */
export function withZeroExpert(given: Given, data: Columns, index: number): Given {
  const share = ZERO_SHARES[index % ZERO_SHARES.length]!;
  const zero = new Float64Array(data.n);
  for (const rows of rowsByUnit(data))
    if (rows.every((row) => data.response[row] === 0)) for (const row of rows) zero[row] = share;
  return [...given.map((column) => column.map((r, i) => r * (1 - zero[i]!))), zero];
}
