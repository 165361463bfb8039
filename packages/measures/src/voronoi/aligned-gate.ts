import type { Copies } from '../gauge/levels.ts';
import type { Alignment } from './alignment.ts';
import type { SoftmaxAtoms } from './atoms.ts';
import type { SoftmaxLevel } from './softmax-level.ts';

/** The gate's numbers, to be changed. */
export type GateNumbers = Record<string, number[]>;

/**
 * The numbers of a gate after a displacement along its gauge: what an alignment found, written back.
 *
 * Changes the numbers of one softmax of a gate to those at which an alignment is attained.
 */
export function applyAlignment(
  numbers: GateNumbers,
  { bias, temperature, shifted, scale: gauge }: SoftmaxLevel,
  { first, count }: Copies,
  atoms: SoftmaxAtoms,
  { theta, logFactor }: Alignment,
): void {
  const shifts = Math.min(theta.length, atoms.shifted[0]!.length);
  const scale = theta.length > shifts ? theta.at(-1)! : 1;
  for (const name of scale === 1 ? [] : [...(gauge?.scores ?? []).map(({ name }) => name), temperature!]) {
    numbers[name] = numbers[name]!.map((value) => scale * value);
  }
  let next = 0;
  for (const { name, size } of shifts === 0 ? [] : shifted) {
    const all = numbers[name]!;
    const isShared = all.length === size;
    const [from, until] = isShared ? [0, size] : [first * size, (first + count) * size];
    for (let i = from; i < until; i++) all[i] = all[i]! + theta[next + (i % size)]!;
    next += size;
  }
  const biases = bias === undefined ? undefined : numbers[bias];
  if (biases === undefined || !Number.isFinite(logFactor)) return;
  const step = logFactor * (scale * (atoms.temperature ?? 1));
  for (let i = first; i < first + count; i++) biases[i] = biases[i]! + step;
}
