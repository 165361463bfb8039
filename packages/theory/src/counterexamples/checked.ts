import { MoeError, stream } from '@tfjs-moe/core';
import { evaluated, type MixingMeasure } from '@tfjs-moe/measures';
import type { Counterexample } from './counterexample.ts';

/** How far the two functions may be from each other, in parts of what their atoms say together. */
const MOST = 1e-12;
/** The part of a function that an atom must have somewhere, for its change to be seen. */
const LEAST = 1e-3;
const ROWS = 48;
const SPREADS = [0.5, 2, 8];

/** What a mixture says at an input. */
interface Said {
  readonly value: readonly number[];
  /** The sum of the sizes of what its atoms say. */
  readonly size: number;
  /** The share of some atoms in it. */
  readonly share: number;
}

/** How far a function may be from another where they are not equal; 0 where they are. */
type Allowed = (row: number) => number;

/**
 * A counterexample whose claim was evaluated: the two functions are equal up to rounding, also where what was changed has
 * a part in them. Refused where they are not, or where nothing can be seen of it.
 * @param changed the atoms of the truth that were changed
 * @param allowed what the functions may differ by, of sequences whose functions come together
 */
export function checked<T extends Counterexample>(
  who: string,
  example: T,
  changed: readonly number[],
  allowed: (rows: readonly (readonly number[])[]) => Allowed = () => () => 0,
): T {
  const { truth, other } = example;
  const rows = inputsOf(truth.inputDim);
  const [left, right] = [said(who, truth, rows, changed), said(who, other, rows, [])];
  const gap = allowed(rows);
  const names = `the gate ${truth.gate.kind} and the expert ${truth.expert.kind}`;
  let isSeen = false;
  rows.forEach((row, i) => {
    const { value, size, share } = left[i]!;
    if (!Number.isFinite(size)) return;
    const distance = Math.max(...value.map((v, u) => Math.abs(v - right[i]!.value[u]!)));
    if (!(distance <= MOST * Math.max(1, size, right[i]!.size) + gap(i))) {
      throw new MoeError(
        who,
        `is no counterexample for ${names} at these parameters: the functions differ by ${distance.toPrecision(2)} at an input`,
        row,
      );
    }
    if (share >= LEAST) isSeen = true;
  });
  if (isSeen) return example;
  throw new MoeError(
    who,
    `cannot be checked: what is changed has no part in the function at ${rows.length} inputs, with ${names}`,
  );
}

function inputsOf(inputDim: number): number[][] {
  const random = stream(0, 'counterexamples');
  return SPREADS.flatMap((spread) =>
    Array.from({ length: ROWS }, () => Array.from({ length: inputDim }, () => spread * random.normal())),
  );
}

function said(
  who: string,
  of: MixingMeasure,
  rows: readonly (readonly number[])[],
  atoms: readonly number[],
): Said[] {
  const { experts, units = 1 } = of;
  const { weights, outputs } = evaluated(who, of, rows, 'both');
  return rows.map((_, i) => {
    const value = Array.from({ length: units }, () => 0);
    let size = 0;
    let own = 0;
    for (let e = 0; e < experts; e++) {
      const weight = weights[i * experts + e]!;
      if (weight === 0) continue;
      for (let u = 0; u < units; u++) {
        const part = weight * outputs[(i * experts + e) * units + u]!;
        value[u] = value[u]! + part;
        size += Math.abs(part);
        if (atoms.includes(e)) own += Math.abs(part);
      }
    }
    return { value, size, share: size === 0 ? 0 : own / size };
  });
}
