import { MoeError } from '@tfjs-moe/core';
import { getFamily, type MeasureJson, measureFromJSON, measureToJSON } from '@tfjs-moe/measures';
import { expectStructure } from '../problem/structure/structure.ts';
import { expectFit } from './expect-fit.ts';
import type { Estimate, MaximumLikelihoodFit } from './fit.ts';

/** Version of the form that this code writes, and the newest that it reads. */
const VERSION = 1;

/** A fit in plain JSON: its measure, as `measureFromJSON` reads it, and beside it everything else. */
export interface FitJson extends MeasureJson {
  readonly report: { readonly version: number } & Readonly<Record<string, unknown>>;
}

/**
 * A fit by maximum likelihood as plain JSON, with covariances and warnings, so that `summary`, `contrasts`, `marginalEffects`
 * and criteria answer later and elsewhere. `fitFromJSON` reads it back; `measureFromJSON` reads the measure alone.
 */
export function fitToJSON(fit: MaximumLikelihoodFit): FitJson {
  expectFit('fitToJSON', fit);
  const { measure, ...report } = fit;
  return { ...measureToJSON(measure), report: { version: VERSION, ...(written(report) as object) } };
}

/**
 * The inverse of `fitToJSON`.
 * @throws MoeError where the JSON is not that of a fit, or of a newer version, or of a gate or expert that is not imported
 */
export function fitFromJSON(json: unknown): MaximumLikelihoodFit {
  const who = 'fitFromJSON';
  if (typeof json !== 'object' || json === null)
    throw new MoeError(who, 'json must be what fitToJSON wrote, an object', json);
  const { report } = json as Partial<FitJson>;
  if (typeof report !== 'object' || report === null)
    throw new MoeError(who, 'json must have the report that fitToJSON wrote beside the measure', report);
  const { version, ...rest } = report;
  if (!Number.isInteger(version) || version < 1 || version > VERSION)
    throw new MoeError(
      who,
      `version must be an integer from 1 to ${VERSION}; a later one needs an update`,
      version,
    );
  const measure = measureFromJSON(json);
  const read = { ...(readBack(rest) as Omit<MaximumLikelihoodFit, 'measure'>), measure };
  expectReport(who, read);
  return read;
}

const UNWRITABLE = ['NaN', 'Infinity', '-Infinity', '-0'];

/** Numbers that JSON has no words for, as objects, so that no name is taken for one. */
function written(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { number: '-0' };
    return Number.isFinite(value) ? value : { number: `${value}` };
  }
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, written(each)]));
}

function readBack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readBack);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[key, only] = ['', undefined]] = entries;
  if (entries.length === 1 && key === 'number' && UNWRITABLE.includes(only as string)) return Number(only);
  return Object.fromEntries(entries.map(([name, each]) => [name, readBack(each)]));
}

/** What the functions that take a fit rely on. */
function expectReport(who: string, fit: MaximumLikelihoodFit): void {
  const refuse = (name: string, rule: string, received: unknown) =>
    new MoeError(who, `${name} of the report must be ${rule}`, received);
  if (fit.estimator !== 'maximum likelihood') throw refuse('estimator', 'maximum likelihood', fit.estimator);
  for (const name of [
    'logLikelihood',
    'degreesOfFreedom',
    'n',
    'totalWeight',
    'entropy',
    'gradientNorm',
  ] as const)
    if (typeof fit[name] !== 'number') throw refuse(name, 'a number', fit[name]);
  getFamily(fit.family, `${who}: family`);
  expectStructure(who, fit.structure);
  if (typeof fit.converged !== 'boolean') throw refuse('converged', 'true or false', fit.converged);
  for (const name of ['ending', 'responseName'] as const)
    if (typeof fit[name] !== 'string') throw refuse(name, 'a text', fit[name]);
  if (fit.variances !== 'own' && fit.variances !== 'common')
    throw refuse('variances', 'own or common', fit.variances);
  const isNumbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((value) => typeof value === 'number');
  const { experts, inputDim } = fit.measure;
  for (const name of ['sizes', 'counts'] as const)
    if (!isNumbers(fit[name]) || fit[name].length !== experts)
      throw refuse(name, `${experts} numbers`, fit[name]);
  if (!isNumbers(fit.history)) throw refuse('history', 'numbers', fit.history);
  if (!Array.isArray(fit.inputNames) || fit.inputNames.length !== inputDim)
    throw refuse('inputNames', `${inputDim} names`, fit.inputNames);
  for (const name of ['starts', 'warnings'] as const)
    if (!Array.isArray(fit[name]) || !fit[name].every((each) => typeof each === 'object' && each !== null))
      throw refuse(name, 'a list of objects', fit[name]);
  if (typeof fit.iterations?.em !== 'number' || typeof fit.iterations.newton !== 'number')
    throw refuse('iterations', '{ em, newton }', fit.iterations);
  const isEstimate = ({ part, group, name, parameter, value, status }: Estimate) =>
    [part, group, name, parameter, status].every((text) => typeof text === 'string') &&
    typeof value === 'number';
  if (!Array.isArray(fit.estimates) || !fit.estimates.every((each) => each && isEstimate(each)))
    throw refuse('estimates', 'estimates', fit.estimates);
  const count = fit.estimates.length;
  if (!isNumbers(fit.estimated) || !fit.estimated.every((place) => place in fit.estimates))
    throw refuse('estimated', 'places among the estimates', fit.estimated);
  expectCovariances(refuse, 'covariances', fit.covariances, fit.estimated.length);
  if (fit.undetermined === undefined) return;
  expectCovariances(refuse, 'undetermined', fit.undetermined?.covariances, count);
  const { directions } = fit.undetermined;
  if (!Array.isArray(directions) || !directions.every((each) => isNumbers(each) && each.length === count))
    throw refuse('undetermined', 'directions of all estimates', directions);
}

function expectCovariances(
  refuse: (name: string, rule: string, received: unknown) => MoeError,
  name: string,
  covariances: MaximumLikelihoodFit['covariances'] | undefined,
  size: number,
): void {
  for (const kind of ['observed', 'sandwich'] as const) {
    const matrix = covariances?.[kind];
    const isRow = (row: unknown) =>
      Array.isArray(row) && row.length === size && row.every((value) => typeof value === 'number');
    if (!Array.isArray(matrix) || matrix.length !== size || !matrix.every(isRow))
      throw refuse(name, `a ${kind} matrix of ${size} rows and columns`, matrix);
  }
}
