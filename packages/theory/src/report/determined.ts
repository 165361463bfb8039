import type { IdentifiableCombinations } from '../identifiability/combinations.ts';

/** Combinations that a card shows; what is left is counted. */
const MOST = 8;

/** What a card says of parameters that are not identifiable: what is determined of them, and what to fix for the others. */
export function determinedLines(
  { freedoms, combinations, alone }: IdentifiableCombinations,
  write: (combination: IdentifiableCombinations['combinations'][number]) => string,
): string[] {
  const shown = combinations.slice(0, MOST).map(write);
  const left = combinations.length - shown.length;
  const fixed = freedoms.map(({ fixed: { parameter, at } }) => `${parameter} = ${Number(at.toPrecision(6))}`);
  const isLocal = freedoms.some(({ kind }) => kind === 'direction');
  return [
    ...shown,
    ...(left > 0 ? [`and ${left} more`] : []),
    `${alone.length} parameters as they are`,
    `all others, once these are fixed: ${fixed.slice(0, MOST).join(', ')}${fixed.length > MOST ? ', ...' : ''}${
      isLocal ? ' (to first order, at the parameters asked about)' : ''
    }`,
  ];
}
