/**
 * Whether other parameters give the verdicts of the table: what is generic must not depend on what was drawn.
 */
import { type Cell, type CellKey, judge, nameOf } from './cells.ts';

/** A cell whose verdict at some seed is not the one that is known. */
export interface Disagreement {
  readonly cell: string;
  readonly seed: number;
  readonly known: string;
  readonly found: string;
}

/** Verdicts with the numbers of relations, which are the same wherever they are generic. */
export function genericWords({
  firstOrder,
  secondOrder,
  literal,
}: Pick<Cell, 'firstOrder' | 'secondOrder' | 'literal'>): string {
  const linear = ({ verdict, relations = 0 }: Cell['literal']) =>
    verdict === 'dependent' ? `dependent by ${relations}` : verdict;
  return [linear(firstOrder), secondOrder.verdict, linear(literal)].join(', ');
}

/** The cells among some that other seeds judge otherwise. */
export function disagreements(
  keys: readonly CellKey[],
  seeds: readonly number[],
  known: ReadonlyMap<string, Cell>,
  budget: number,
  told: (cell: string) => void = () => {},
): Disagreement[] {
  return keys.flatMap((key) => {
    const cell = nameOf(key);
    told(cell);
    const expected = genericWords(known.get(cell)!);
    return seeds.flatMap((seed) => {
      const found = genericWords(judge(key, budget, seed));
      return found === expected ? [] : [{ cell, seed, known: expected, found }];
    });
  });
}
