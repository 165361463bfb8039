import { resolve } from 'node:path';
import { readText } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, measureFromJSON } from '@tfjs-moe/measures';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import type { SavedFit } from './table-rows.ts';

/**
 * What `moe fit --save` wrote: the measure, and how the fit read its table.
 * @throws MoeError where the file is none
 */
export function readSavedFit(who: string, written: string): SavedFit & { readonly measure: MixingMeasure } {
  const text = readText(who, 'the fit must be a file that moe fit --save wrote', resolve(written), written);
  let json: SavedFit;
  try {
    json = JSON.parse(text) as SavedFit;
  } catch (error) {
    throw new MoeError(who, `the file must be JSON, whole (${(error as Error).message})`, written);
  }
  const { response, moreResponses, terms, columns, decimal, classes, fit, report } = json ?? {};
  return {
    measure: measureFromJSON(json),
    ...(response !== undefined && { response }),
    ...(moreResponses !== undefined && { moreResponses }),
    ...(terms !== undefined && { terms }),
    ...(columns !== undefined && { columns }),
    ...(decimal === ',' && { decimal }),
    ...(classes !== undefined && { classes }),
    ...(fit !== undefined && { fit }),
    ...(report !== undefined && { report }),
  };
}
