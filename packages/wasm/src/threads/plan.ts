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
  /** Whether negative results become 0. */
  readonly relu?: boolean;
}

/** Addresses and sizes of its gradient to the kernels. */
export interface GroupedKernelGradient extends Sizes {
  readonly x: number;
  readonly dy: number;
  readonly gradient: number;
}

/*
 * A model of the time of a product, from measurements on two cores of an AMD EPYC, in Node 20, with copies, of products
 * between 2 and 2100 million operations with 1 to 64 experts. Two threads were slower than one up to 8 million operations,
 * 1.3 to 1.4 times as fast at 17 million, 1.5 at 34, 1.7 at 67, 1.8 to 2 from 500 on. With 8 rows for each expert, where
 * reading kernels is most of the work, they were 1.3 to 1.5 times as fast.
 */
const FLOPS_PER_MS = 40e6;
/** Reading operands and packing them. */
const NUMBERS_PER_MS = 3e6;
/** Copying to the memory of the workers and back. */
const COPIED_PER_MS = 2.5e6;
/** Waking workers, and waiting for the last of them. */
const HANDOVER_MS = 0.1;
/** What must be gained at least. */
const WORTH = 0.85;
const SMALLEST_TASK = 2e6;

/**
 * Whether threads pay for a product, and who computes which of its rows.
 *
 * Only sizes decide, never how busy the machine is.
 */
export interface Plan {
  readonly team: Team;
  readonly ends: readonly number[];
}

/** What a product has to do. */
interface Work {
  readonly flops: number;
  /** Numbers of all its operands. */
  readonly numbers: number;
  /** Those that two threads read if they share an expert. */
  readonly twice: number;
  /** Rows of the result, of each expert, and what one of them costs. */
  readonly groups: () => Group[];
  /** Numbers to copy if workers compute the rows from the first on. */
  readonly copied: (first: number) => number;
}

function planFor(attachment: Attachment, { flops, numbers, twice, groups, copied }: Work): Plan | undefined {
  const team = teamFor(attachment);
  const alone = flops / FLOPS_PER_MS + numbers / NUMBERS_PER_MS;
  if (team === undefined || flops < SMALLEST_TASK || alone < HANDOVER_MS) return undefined;
  const threads = team.threads();
  const ends = split(groups(), threads, SMALLEST_TASK);
  if (ends.length < 2) return undefined;
  const copying = team.lender.copies ? copied(ends[0]!) / COPIED_PER_MS : 0;
  const shared = alone / threads + twice / NUMBERS_PER_MS + copying + HANDOVER_MS;
  return shared <= WORTH * alone ? { team, ends } : undefined;
}

/** For a grouped product: the rows of the result are those of x. */
export function planOfProduct(attachment: Attachment, { offsets, depth, units }: Sizes): Plan | undefined {
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  const kernel = (depth + 1) * units;
  return planFor(attachment, {
    flops: 2 * rows * depth * units,
    numbers: rows * (depth + units) + experts * kernel,
    twice: kernel,
    groups: () =>
      Array.from({ length: experts }, (_, e) => ({ rows: rowsOf(offsets, e), cost: 2 * depth * units })),
    copied: (first) => (rows - first) * (depth + units) + (experts - expertOf(offsets, first)) * kernel,
  });
}

/** For a gradient: each expert has `depth` rows, which cost as much as it has rows of x. */
export function planOfGradient(attachment: Attachment, { offsets, depth, units }: Sizes): Plan | undefined {
  const experts = offsets.length - 1;
  const rows = offsets[experts]!;
  return planFor(attachment, {
    flops: 2 * rows * depth * units,
    numbers: rows * (depth + units) + experts * depth * units,
    twice: (rows / experts) * units,
    groups: () =>
      Array.from({ length: experts }, (_, e) => ({ rows: depth, cost: 2 * rowsOf(offsets, e) * units })),
    copied: (first) =>
      (rows - offsets[Math.floor(first / depth)]!) * (depth + units) + (experts * depth - first) * units,
  });
}

function rowsOf(offsets: readonly number[], expert: number): number {
  return offsets[expert + 1]! - offsets[expert]!;
}

/** The expert of a row. */
export function expertOf(offsets: readonly number[], row: number): number {
  let expert = 0;
  while (offsets[expert + 1]! <= row) expert++;
  return expert;
}
