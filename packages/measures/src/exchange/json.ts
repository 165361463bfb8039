/**
 * Mixing measures as JSON: gate and expert by kind and options, restored through the registry, with every number exactly.
 */
import { type Config, getExpert, getGate, MoeError, type Numbers } from '@tfjs-moe/core';
import { getFamily } from '../family/define-family.ts';
import { expectMeasure, type MixingMeasure, mixingMeasure } from '../measure/mixing-measure.ts';

/** Newest version of the form that this code reads. */
const VERSION = 3;
/** Version that it writes, where nothing is of a later one, so that earlier programs read it. */
const WRITTEN = 2;
const FORMAT = 'tfjs-moe/mixing-measure';

/** A measure in plain JSON. */
export interface MeasureJson {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly gate: Config;
  readonly expert: Config;
  readonly inputDim: number;
  readonly units: number;
  readonly experts: number;
  readonly gateParams: Numbers;
  readonly expertParams: Numbers;
  readonly dispersions?: readonly number[];
  /** Since version 3. */
  readonly covariances?: readonly (readonly number[])[];
  readonly family?: Config;
}

/** What version 1 had under another name. */
interface VersionOne {
  readonly standardDeviations?: readonly number[];
}

/**
 * A mixing measure as plain JSON, with the version of the format; `measureFromJSON` reads it back to the same
 * numbers.
 */
export function measureToJSON(measure: MixingMeasure): MeasureJson {
  const {
    gate,
    expert,
    inputDim,
    units = 1,
    experts,
    gateParams,
    expertParams,
    dispersions,
    covariances,
    family,
  } = expectMeasure('measureToJSON', 'measure', measure);
  return {
    format: FORMAT,
    version: covariances === undefined ? WRITTEN : VERSION,
    gate: gate.config,
    expert: expert.config,
    inputDim,
    units,
    experts,
    gateParams,
    expertParams,
    ...(dispersions && { dispersions }),
    ...(covariances && { covariances }),
    ...(family && { family: family.config }),
  };
}

/**
 * The inverse of `measureToJSON`. The kinds of gate and expert must be known: import what defines them, or
 * `@tfjs-moe/gates/register` and `@tfjs-moe/experts/register`.
 * @throws MoeError where the JSON is not that of a measure, or of a newer version
 */
export function measureFromJSON(json: unknown): MixingMeasure {
  const who = 'measureFromJSON';
  if (typeof json !== 'object' || json === null || (json as Partial<MeasureJson>).format !== FORMAT) {
    throw new MoeError(who, `the JSON must be an object with format "${FORMAT}"`, json);
  }
  const { version, gate, expert, inputDim, units, experts, gateParams, expertParams, family, covariances } =
    json as MeasureJson;
  // Version 1 had Gaussian experts alone.
  const { dispersions = version === 1 ? (json as VersionOne).standardDeviations : undefined } =
    json as MeasureJson;
  if (!Number.isInteger(version) || version < 1 || version > VERSION) {
    throw new MoeError(
      who,
      `version must be an integer from 1 to ${VERSION}; a later one needs an update`,
      version,
    );
  }
  for (const [name, numbers] of Object.entries({ gateParams, expertParams })) {
    if (typeof numbers !== 'object' || numbers === null || !Object.values(numbers).every(isNumbers)) {
      throw new MoeError(who, `${name} must hold lists of numbers by name`, numbers);
    }
  }
  if (dispersions !== undefined && !isNumbers(dispersions)) {
    throw new MoeError(who, 'dispersions must be a list of numbers', dispersions);
  }
  if (covariances !== undefined && !(Array.isArray(covariances) && covariances.every(isNumbers))) {
    throw new MoeError(who, 'covariances must be lists of numbers', covariances);
  }
  return mixingMeasure({
    gate: getGate(gate, who),
    expert: getExpert(expert, who),
    inputDim,
    units,
    experts,
    gateParams,
    expertParams,
    ...(dispersions && { dispersions }),
    ...(covariances && { covariances }),
    ...(family && { family: getFamily(family, `${who}: family`) }),
  });
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((number) => typeof number === 'number');
}
