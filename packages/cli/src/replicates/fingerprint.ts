import { createHash } from 'node:crypto';
import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import type { FitSample } from '../fit/fit-sample.ts';
import type { ModelOptions } from '../fit/model-options.ts';

/** What every file of replicates says in its first line. */
export interface ReplicatesHeader {
  /** Of the sample, the model, the seed and whatever else decides a replicate. */
  readonly fingerprint: string;
  readonly table: string;
}

/**
 * A fingerprint of a sample and of the model that is fitted to it.
 * @param own what else decides a replicate
 */
export function fingerprintOf(
  own: readonly unknown[],
  { seed, variances, zeroExpert, minVariance, starts, family, structure }: ModelOptions,
  sample: FitSample,
  { measure }: MaximumLikelihoodFit,
): string {
  const {
    inputs,
    response,
    moreResponses,
    weights,
    trials,
    offset,
    groups,
    clusters,
    gateInputs,
    expertInputs,
  } = sample;
  // Without the constants that a formula takes away.
  const { gate, expert } = measure;
  const decisive = [
    ...[...own, seed, variances, zeroExpert, minVariance, starts, family.config, structure],
    ...[response, moreResponses, weights, trials, offset, groups, clusters, gateInputs, expertInputs],
    ...[gate.config, expert.config],
  ];
  const hash = createHash('sha256');
  for (const part of decisive) hash.update(`${JSON.stringify(part) ?? ''}\n`);
  for (const row of inputs) hash.update(Float64Array.from(row));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Refuses replicates of something else.
 * @param named what each is, in words
 */
export function expectSameReplicates<Header extends ReplicatesHeader>(
  who: string,
  of: string,
  named: (header: Header) => string,
): (found: Header, wanted: Header, path: string) => void {
  const words = (header: Header) => `${header.table}, ${named(header)} (${header.fingerprint})`;
  return (found, wanted, path) => {
    if (found.fingerprint === wanted.fingerprint) return;
    throw new MoeError(
      who,
      `${path} holds replicates of another ${of}; give another --out or remove it`,
      `${words(found)}, not ${words(wanted)}`,
    );
  };
}
