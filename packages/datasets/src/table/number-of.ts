// Behind an integer part the engine finds one way to go on, not one for each split of the digits.
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/**
 * The number that a cell writes, in decimal notation or as `Inf`; undefined where it writes none.
 *
 * @param decimal what stands before the decimals
 */
export function numberOf(cell: string, decimal: '.' | ','): number | undefined {
  const infinite = INFINITE.exec(cell);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  if (decimal === ',' && cell.includes('.')) return undefined;
  const plain = decimal === ',' ? cell.replace(',', '.') : cell;
  return NUMBER.test(plain) ? Number(plain) : undefined;
}
