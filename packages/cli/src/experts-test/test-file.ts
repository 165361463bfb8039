import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import type { FitSample } from '../fit/fit-sample.ts';
import { expectSameReplicates, fingerprintOf, type ReplicatesHeader } from '../replicates/fingerprint.ts';
import { replicateLine } from '../replicates/replicates-file.ts';
import type { TaskFile } from '../tasks/task-file.ts';
import type { TestOptions } from './test-options.ts';

/** The first line of a file of replicates: of which test. How many there are is no part of it, so that more can follow. */
export interface TestHeader extends ReplicatesHeader {
  readonly test: 'experts';
  readonly response: string;
  readonly experts: number;
  readonly against: number;
  readonly seed: number;
}

/** One replicate. */
export interface TestOutcome {
  readonly index: number;
  /** The likelihood ratio; null where the sample could not be fitted. */
  readonly statistic: number | null;
  /** Whether both fits converged to a proper maximum. */
  readonly converged: boolean;
  /** Why there is no statistic. */
  readonly error?: string;
}

/** The header of a test: everything that decides a replicate is in its fingerprint. */
export function testHeader(
  { model, experts, against }: TestOptions,
  sample: FitSample,
  fit: MaximumLikelihoodFit,
): TestHeader {
  const { file: table, seed } = model;
  const fingerprint = fingerprintOf([experts, against], model, sample, fit);
  return { test: 'experts', fingerprint, table, response: sample.responseName, experts, against, seed };
}

/** The files of `moe test`. */
export const testFile: TaskFile<TestHeader, TestOutcome> = {
  who: 'moe test',
  of: 'a test',
  expectHeader(who, value, path) {
    const { test, fingerprint, experts, against } = (value ?? {}) as Partial<TestHeader>;
    const counts = [experts, against].every((count) => Number.isSafeInteger(count) && count! > 0);
    if (test === 'experts' && typeof fingerprint === 'string' && counts) return value as TestHeader;
    throw new MoeError(who, `line 1 of ${path} must be the header of a test of experts`, value);
  },
  expectOutcome(who, value, _header, where) {
    const { line, refuse } = replicateLine<TestOutcome>(who, value, where);
    const { statistic, converged, error } = line;
    if (typeof converged !== 'boolean') throw refuse('converged must be true or false', converged);
    const isFitted = Number.isFinite(statistic) && (statistic as number) >= 0 && error === undefined;
    if (!isFitted && !(statistic === null && typeof error === 'string'))
      throw refuse('statistic must be a number of at least 0, or null with an error', statistic);
    return value as TestOutcome;
  },
  expectSame: expectSameReplicates(
    'moe test',
    'test',
    ({ experts, against }) => `${experts} against ${against}`,
  ),
};
