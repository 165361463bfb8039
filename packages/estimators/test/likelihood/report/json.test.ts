/** Fits as JSON: what is read back says what the fit said. */
import { MoeError } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  contrasts,
  fitFromJSON,
  fitMaximumLikelihood,
  fitToJSON,
  marginalEffects,
  summary,
  withReference,
} from '../../../src/index.ts';
import { heaps, mixed } from '../../testing/samples.ts';
import { wrongAnswers } from './damaged-fits.ts';

const model = { gate: softmax(), expert: linear(), experts: 2, starts: 2 };
const soft = fitMaximumLikelihood({ ...model, data: mixed() });
const hard = fitMaximumLikelihood({ ...model, data: heaps() });
const grouped = fitMaximumLikelihood({
  ...model,
  data: {
    ...mixed(),
    gateInputs: [],
    groups: mixed().response.length === 0 ? [] : Array.from(mixed().inputs, (_, i) => i >> 1),
  },
});
const tied = fitMaximumLikelihood({
  ...model,
  data: mixed(),
  structure: { equal: ['sigma'], absent: ['gate: second'] },
});
const throughText = (fit: typeof soft) => fitFromJSON(JSON.parse(JSON.stringify(fitToJSON(fit))));

describe('fitFromJSON', () => {
  test.each([
    ['of a soft gate', soft],
    ['of a separated gate', hard],
    ['of another reference', withReference(soft, 1)],
    ['of groups', grouped],
    ['with coefficients that are tied', tied],
    [
      'with numbers that JSON lacks',
      { ...soft, history: [-Infinity, Number.NaN, 1], gradientNorm: Infinity },
    ],
  ])('reads a fit %s as it was', (_, fit) => {
    const { measure, ...report } = throughText(fit);
    const { measure: old, ...wanted } = fit;
    expect(report).toEqual(wanted);
    expect(measure.gateParams).toEqual(old.gateParams);
    expect(measure.expertParams).toEqual(old.expertParams);
    expect(measure.dispersions).toEqual(old.dispersions);
    expect(summary(throughText(fit), { level: 0.9 }).text).toBe(summary(fit, { level: 0.9 }).text);
  });

  test('answers what is asked after a fit', () => {
    const read = throughText(soft);
    const written = 'expert 1: first - expert 2: first';
    expect(contrasts(read, written)).toEqual(contrasts(soft, written));
    const { inputs } = mixed();
    expect(marginalEffects(read, inputs)).toEqual(marginalEffects(soft, inputs));
  });

  test.each(Object.entries({ soft, hard, grouped, tied }))(
    'of %s with a member that is missing or something else, at any depth, is refused by name or answers by name',
    (_, fit) => {
      expect(wrongAnswers(fit, [[0, 1]], 60, 1)).toEqual([]);
    },
  );

  const counts = fitToJSON(soft);
  const [first, ...others] = counts.report.estimates as object[];
  test.each<[string, object]>([
    ['an estimate too few', { estimates: others }],
    ['a status that is none', { estimates: [{ ...first, status: 'guessed' }, ...others] }],
    ['a part that is none', { estimates: [{ ...first, part: 'noise of another' }, ...others] }],
    ['a value that is no number', { estimates: [{ ...first, value: { number: 'NaN' } }, ...others] }],
    [
      'families of two experts more',
      { family: { kind: 'perExpert', families: Array(4).fill({ kind: 'gaussian' }) } },
    ],
    ['a place twice', { estimated: [0, 0, ...(counts.report.estimated as number[]).slice(2)] }],
    ['infinite degrees of freedom', { degreesOfFreedom: { number: 'Infinity' } }],
    ['a penalty of no value', { penalty: { lambda: 1, alpha: 1, gate: false } }],
    ['a smallest variance of 0', { minVariance: 0 }],
    ['an offset of a text', { hasOffset: 'yes' }],
    ['names of several responses', { responseNames: ['a', 'b'] }],
    ['groups without counts', { groups: { n: 3, totalWeight: 3 } }],
    ['places of other experts', { alike: [0, 7] }],
    ['names that are numbers', { inputNames: [1, 2] }],
    ['a warning without a text', { warnings: [{ reason: 'few rows' }] }],
  ])('refuses %s', (_, change) => {
    const call = () => fitFromJSON({ ...counts, report: { ...counts.report, ...change } });
    expect(call).toThrow(MoeError);
    expect(call).toThrow('fitFromJSON');
  });

  test.each(Object.keys(fitToJSON(hard).report).filter((name) => name !== 'zeroExpert'))(
    'refuses a report whose %s is something else',
    (name) => {
      const json = fitToJSON(hard);
      for (const value of [null, 'x', { x: 1 }, [null], 1.5]) {
        if (
          ['gradientNorm', 'logLikelihood', 'degreesOfFreedom', 'n', 'totalWeight', 'entropy'].includes(
            name,
          ) &&
          value === 1.5
        )
          continue;
        if (['ending', 'responseName'].includes(name) && value === 'x') continue;
        const damaged = { ...json, report: { ...json.report, [name]: value } };
        const call = () => fitFromJSON(damaged);
        expect(call, `${name} = ${JSON.stringify(value)}`).toThrow(MoeError);
        expect(call).toThrow('fitFromJSON');
      }
    },
  );
});
