import { MoeError } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { heldOf } from './held.ts';
import { tiesOf } from './ties.ts';

/** A displacement of a gate's numbers that changes no weight. */
export interface Shift {
  /** The number that is fixed in its place. */
  readonly fixed: string;
  /** What it moves, by a multiple each. */
  readonly moves: ReadonlyMap<string, number>;
  /** Whether multiples are the same wherever the numbers are, and for every step. */
  readonly isPlain: boolean;
}

/** Multiples are sums of a few numbers of 1 or so. */
const ZERO = 1e-9;

/**
 * The numbers to fix for what is left of a gauge under a restriction: displacements that move no number that is known and
 * leave numbers equal that are tied are the null space of some equations in the multiples of the shifts, which is found by
 * elimination; a number is fixed for each of its dimensions.
 */
export function preservedShifts(of: MixingMeasure, shifts: readonly Shift[]): string[] {
  const held = heldOf(of);
  const classes = new Map<string, string[]>();
  for (const [label, first] of tiesOf(of)) classes.set(first, [...(classes.get(first) ?? []), label]);
  const by = (label: string) => shifts.map(({ moves }) => moves.get(label) ?? 0);
  const equations = [
    ...[...held].map((label) => by(label)),
    ...[...classes.values()].flatMap(([first, ...others]) => {
      const start = by(first!);
      return others.map((label) => by(label).map((multiple, i) => multiple - start[i]!));
    }),
  ].filter((row) => row.some((multiple) => Math.abs(multiple) > ZERO));
  expectPlain(of, shifts, equations);
  const solved = eliminated(equations);
  const free = shifts.flatMap((_, i) => (solved.has(i) ? [] : [i]));
  const moved = (label: string) => {
    const own = by(label);
    return free.map(
      (i) => own[i]! + [...solved].reduce((sum, [pivot, row]) => sum - own[pivot]! * row[i]!, 0),
    );
  };
  const candidates = [
    ...shifts.map(({ fixed }) => fixed),
    ...new Set(shifts.flatMap(({ moves }) => [...moves.keys()])),
  ];
  const rows: number[][] = [];
  const chosen: string[] = [];
  for (const label of candidates) {
    if (chosen.length === free.length) break;
    if (eliminated([...rows, moved(label)]).size === rows.length) continue;
    rows.push(moved(label));
    chosen.push(label);
  }
  return chosen;
}

/** Rows in reduced form, by the columns that they are solved for. */
function eliminated(rows: readonly (readonly number[])[]): ReadonlyMap<number, readonly number[]> {
  const solved = new Map<number, number[]>();
  for (const given of rows) {
    const row = [...given];
    for (const [pivot, other] of solved) {
      const factor = row[pivot]!;
      other.forEach((value, i) => {
        row[i] = row[i]! - factor * value;
      });
    }
    // The last column, so that the first shifts stay free.
    const pivot = row.reduce((last, value, i) => (Math.abs(value) > ZERO ? i : last), -1);
    if (pivot < 0) continue;
    const lead = row[pivot]!;
    const unit = row.map((value) => value / lead);
    for (const other of solved.values()) {
      const factor = other[pivot]!;
      unit.forEach((value, i) => {
        other[i] = other[i]! - factor * value;
      });
    }
    solved.set(pivot, unit);
  }
  return solved;
}

/** Refuses equations of shifts that bend: what is left of them is no displacement by multiples. */
function expectPlain(of: MixingMeasure, shifts: readonly Shift[], equations: readonly number[][]): void {
  for (const [i, { moves, isPlain }] of shifts.entries()) {
    if (equations.every((row) => Math.abs(row[i]!) <= ZERO)) continue;
    const places = [...new Set([...moves.keys()].map((label) => label.replace(/#\d+$/, '')))];
    if (isPlain && places.length === 1) continue;
    const restriction = tiesOf(of).size > 0 ? 'known or tied' : 'known';
    throw new MoeError(
      'identifiability',
      `${restriction}: the gate ${of.gate.kind} trades ${places.join(' and ')} for each other; name all copies of one of them`,
      [...heldOf(of), ...tiesOf(of).keys()].find((label) => moves.has(label)),
    );
  }
}
