import { scaleGauges } from '../gauge/gauge.ts';
import type { MixingMeasure } from '../measure/mixing-measure.ts';
import type { Alignment } from './alignment.ts';
import type { Copies, SoftmaxAtoms } from './atoms.ts';

/** The gate's numbers, to be changed. */
export type GateNumbers = Record<string, number[]>;

/**
 * The numbers of a gate after a displacement along its gauge: what an alignment found, written back.
 *
 * Changes the numbers of one softmax of a gate to those at which an alignment is attained.
 */
export function applyAlignment(
  numbers: GateNumbers,
  { gate }: MixingMeasure,
  path: string,
  { first, count }: Copies,
  atoms: SoftmaxAtoms,
  { theta, logFactor }: Alignment,
): void {
  const shifts = Math.min(theta.length, (atoms.shifted[0] as readonly number[]).length);
  const scale = theta.length > shifts ? (theta.at(-1) as number) : 1;
  const names = scaleGauges(gate.config).find(({ temperature }) => temperature === `${path}temperature`);
  for (const name of scale === 1 ? [] : [...(names?.scores ?? []), `${path}temperature`]) {
    numbers[name] = (numbers[name] as number[]).map((value) => scale * value);
  }
  const kernel = numbers[`${path}router/kernel`];
  for (let i = 0; i < count * shifts && kernel !== undefined; i++) {
    const at = first * shifts + i;
    kernel[at] = (kernel[at] as number) + (theta[i % shifts] as number);
  }
  const bias = numbers[`${path}bias`];
  if (bias === undefined || !Number.isFinite(logFactor)) return;
  const step = logFactor * (scale * (atoms.temperature ?? 1));
  for (let i = first; i < first + count; i++) bias[i] = (bias[i] as number) + step;
}
