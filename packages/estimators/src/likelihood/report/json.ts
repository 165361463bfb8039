import { MoeError } from '@tfjs-moe/core';
import { type MeasureJson, measureFromJSON, measureToJSON } from '@tfjs-moe/measures';
import { expectFit } from './expect-fit.ts';
import { expectReport } from './expect-report.ts';
import type { MaximumLikelihoodFit } from './fit.ts';

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
