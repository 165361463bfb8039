import { createHash } from 'node:crypto';
import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import type { FitSample } from '../fit/fit-sample.ts';
import type { TaskFile } from '../tasks/task-file.ts';
import type { TestOptions } from './test-options.ts';

/** The first line of a file of replicates: of which test. How many there are is no part of it, so that more can follow. */
export interface TestHeader {
  readonly test: 'experts';
  /** Of the sample, the model and the seed. */
  readonly fingerprint: string;
  readonly table: string;
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
  { measure }: MaximumLikelihoodFit,
): TestHeader {
  const { file: table, seed, variances, zeroExpert, minVariance, starts, family } = model;
  const { inputs, response, weights, trials, offset, groups, gateInputs, expertInputs } = sample;
  // Without the constants that a formula takes away.
  const { gate, expert } = measure;
  const decisive = [
    ...[experts, against, seed, variances, zeroExpert, minVariance, starts, family.config],
    ...[response, weights, trials, offset, groups, gateInputs, expertInputs],
    ...[gate.config, expert.config],
  ];
  const hash = createHash('sha256');
  for (const part of decisive) hash.update(`${JSON.stringify(part) ?? ''}\n`);
  for (const row of inputs) hash.update(Float64Array.from(row));
  const fingerprint = hash.digest('hex').slice(0, 16);
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
    const refuse = (rule: string, received: unknown) =>
      new MoeError(who, `${where} must be a replicate: ${rule}`, received);
    if (typeof value !== 'object' || value === null) throw refuse('an object', value);
    const { index, statistic, converged, error } = value as Partial<Record<keyof TestOutcome, unknown>>;
    if (!Number.isSafeInteger(index) || (index as number) < 0)
      throw refuse('index must be an integer of at least 0', index);
    if (typeof converged !== 'boolean') throw refuse('converged must be true or false', converged);
    const isFitted = Number.isFinite(statistic) && (statistic as number) >= 0 && error === undefined;
    if (!isFitted && !(statistic === null && typeof error === 'string'))
      throw refuse('statistic must be a number of at least 0, or null with an error', statistic);
    return value as TestOutcome;
  },
  expectSame(found, wanted, path) {
    if (found.fingerprint === wanted.fingerprint) return;
    const named = ({ table, experts, against, fingerprint }: TestHeader) =>
      `${table}, ${experts} against ${against} (${fingerprint})`;
    throw new MoeError(
      'moe test',
      `${path} holds replicates of another test; give another --out or remove it`,
      `${named(found)}, not ${named(wanted)}`,
    );
  },
};
