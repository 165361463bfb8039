/** What the rate experiment fits; the page knows it without the estimators. */

export interface RateTask {
  readonly n: number;
  readonly replicate: number;
  /** Whether one expert more is fitted than there is. */
  readonly surplus: boolean;
}

export const SIZES: readonly number[] = [100, 200, 400, 800, 1600];
const REPLICATES = 6;

/** All fits of an experiment, the small ones first, so that something is seen soon. */
export function rateTasks(surplus: boolean): RateTask[] {
  return SIZES.flatMap((n) =>
    Array.from({ length: REPLICATES }, (_, replicate) => ({ n, replicate, surplus })),
  );
}
