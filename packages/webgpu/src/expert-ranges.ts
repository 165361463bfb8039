import type { WebGpu } from './program.ts';

/** Experts that a program computes with, of all that there are, and their bytes in what has a matrix for each of them. */
export interface ExpertRange {
  readonly first: number;
  readonly count: number;
  /** Undefined where it has all of them. */
  readonly bytes: { readonly from: number; readonly bytes: number } | undefined;
}

const BYTES = 4;

/**
 * As few ranges of experts as an adapter allows, which binds only so many bytes at once, from certain places on. Where not
 * even the fewest fit there is one range of all, which the program refuses by name.
 */
export function expertRanges(
  { device: { limits } }: WebGpu,
  experts: number,
  numbersOfEach: number,
): readonly ExpertRange[] {
  const bytesOfEach = BYTES * numbersOfEach;
  const most = Math.floor(limits.maxStorageBufferBindingSize / bytesOfEach);
  let step = 1;
  while ((step * bytesOfEach) % limits.minStorageBufferOffsetAlignment > 0) step *= 2;
  const count = most - (most % step);
  if (experts <= most || count === 0) return [{ first: 0, count: experts, bytes: undefined }];
  return Array.from({ length: Math.ceil(experts / count) }, (_, range) => {
    const first = range * count;
    const own = Math.min(count, experts - first);
    return { first, count: own, bytes: { from: first * bytesOfEach, bytes: own * bytesOfEach } };
  });
}
