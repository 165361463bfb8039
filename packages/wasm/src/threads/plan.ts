/**
 * Whether threads pay for a product, and who computes which of its rows.
 *
 * Only sizes decide, never how busy the machine is.
 */
import type { Attachment } from '../attach.ts';
import { type Group, split } from './split.ts';
import type { Team } from './team.ts';
import { teamFor } from './threads.ts';

interface Sizes {
  /** Expert e has the rows offsets[e], ..., offsets[e + 1] - 1. */
  readonly offsets: readonly number[];
  readonly depth: number;
  readonly units: number;
}

/** Addresses and sizes of a grouped product; without a bias its address is 0. */
export interface GroupedProduct extends Sizes {
  readonly x: number;
  readonly kernels: number;
  readonly bias: number;
  readonly y: number;
  readonly transposed: boolean;
}

/** Addresses and sizes of its gradient to the kernels. */
export interface GroupedKernelGradient extends Sizes {
  readonly x: number;
  readonly dy: number;
  readonly gradient: number;
}

// Measured in Node 20 and 24 on two cores of an AMD EPYC: ...
const FLOPS_PER_MS = 40e6;
const BYTES_PER_MS = 7e6;
const HANDOVER_MS = 0.05;
const WORTH = 0.85;
const SMALLEST_TASK = 2e6;

/** Who computes which rows of a result. */
export interface Plan {
  readonly team: Team;
  readonly ends: readonly number[];
}

function planFor(
  attachment: Attachment,
  groups: () => Group[],
  flops: number,
  numbersFrom: (first: number) => number,
): Plan | undefined {
  const team = teamFor(attachment);
  const alone = flops / FLOPS_PER_MS;
  if (team === undefined || alone < HANDOVER_MS) return undefined;
  const threads = team.threads();
  const ends = split(groups(), threads, SMALLEST_TASK);
  if (ends.length < 2) return undefined;
  const bytes = 4 * numbersFrom(ends[0] as number);
  const shared = alone / threads + (team.lender.copies ? bytes / BYTES_PER_MS : 0) + HANDOVER_MS;
  return shared <= WORTH * alone ? { team, ends } : undefined;
}

/** For a grouped product: the rows of the result are those of x. */
export function planOfProduct(attachment: Attachment, product: Sizes): Plan | undefined {
  const { offsets, depth, units } = product;
  const experts = offsets.length - 1;
  const rows = offsets[experts] as number;
  return planFor(
    attachment,
    () => Array.from({ length: experts }, (_, e) => ({ rows: rowsOf(offsets, e), cost: 2 * depth * units })),
    2 * rows * depth * units,
    (first) => (rows - first) * (depth + units) + (experts - expertOf(offsets, first)) * (depth + 1) * units,
  );
}

/** For a gradient: each expert has `depth` rows, which cost as much as it has rows of x. */
export function planOfGradient(attachment: Attachment, { offsets, depth, units }: Sizes): Plan | undefined {
  const experts = offsets.length - 1;
  const rows = offsets[experts] as number;
  return planFor(
    attachment,
    () => Array.from({ length: experts }, (_, e) => ({ rows: depth, cost: 2 * rowsOf(offsets, e) * units })),
    2 * rows * depth * units,
    (first) =>
      (rows - (offsets[Math.floor(first / depth)] as number)) * (depth + units) +
      (experts * depth - first) * units,
  );
}

function rowsOf(offsets: readonly number[], expert: number): number {
  return (offsets[expert + 1] as number) - (offsets[expert] as number);
}

/** The expert of a row. */
export function expertOf(offsets: readonly number[], row: number): number {
  let expert = 0;
  while ((offsets[expert + 1] as number) <= row) expert++;
  return expert;
}
