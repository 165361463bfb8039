import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import type { FitSample } from '../fit/fit-sample.ts';
import { expectSameReplicates, fingerprintOf, type ReplicatesHeader } from '../replicates/fingerprint.ts';
import { replicateLine } from '../replicates/replicates-file.ts';
import type { TaskFile } from '../tasks/task-file.ts';
import type { BootstrapWords } from './bootstrap-options.ts';

/** The first line of a file of replicates: of which fit. How many there are, and the level, are no part of it. */
export interface BootstrapHeader extends ReplicatesHeader {
  readonly bootstrap: 'nonparametric' | 'parametric';
  readonly response: string;
  readonly experts: number;
  readonly seed: number;
  /** How many estimates a replicate has. */
  readonly estimates: number;
}

/** One replicate. */
export interface BootstrapOutcome {
  readonly index: number;
  /** In the order of the fit's; null where the sample's fit did not converge. */
  readonly estimates: readonly number[] | null;
}

/** The header of a bootstrap: everything that decides a replicate is in its fingerprint. */
export function bootstrapHeader(
  { model, experts, kind }: BootstrapWords,
  sample: FitSample,
  fit: MaximumLikelihoodFit,
): BootstrapHeader {
  const { file: table, seed } = model;
  const fingerprint = fingerprintOf([experts, kind], model, sample, fit);
  const { responseName: response } = sample;
  return { bootstrap: kind, fingerprint, table, response, experts, seed, estimates: fit.estimates.length };
}

/** The files of `moe bootstrap`. */
export const bootstrapFile: TaskFile<BootstrapHeader, BootstrapOutcome> = {
  who: 'moe bootstrap',
  of: 'a bootstrap',
  expectHeader(who, value, path) {
    const { bootstrap, fingerprint, estimates } = (value ?? {}) as Partial<BootstrapHeader>;
    const isKnown = bootstrap === 'nonparametric' || bootstrap === 'parametric';
    if (isKnown && typeof fingerprint === 'string' && Number.isSafeInteger(estimates))
      return value as BootstrapHeader;
    throw new MoeError(who, `line 1 of ${path} must be the header of a bootstrap`, value);
  },
  expectOutcome(who, value, header, where) {
    const { line, refuse } = replicateLine<BootstrapOutcome>(who, value, where);
    const { estimates } = line;
    const isFitted =
      Array.isArray(estimates) && estimates.length === header.estimates && estimates.every(Number.isFinite);
    if (!isFitted && estimates !== null)
      throw refuse(`estimates must be ${header.estimates} numbers, or null`, estimates);
    return value as BootstrapOutcome;
  },
  expectSame: expectSameReplicates(
    'moe bootstrap',
    'bootstrap',
    ({ experts, bootstrap }) => `${experts} experts, ${bootstrap}`,
  ),
};
