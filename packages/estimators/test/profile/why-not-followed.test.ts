/** Why a profile ends before its interval does. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect, test } from 'vitest';
import { fitMaximumLikelihood, profileCurves, profileIntervals } from '../../src/index.ts';

const random = stream(1, 'inputs');
const inputs = Array.from({ length: 96 }, () => [2 * random.uniform() - 1, random.normal()]);

test('a dispersion that stands at its bound', () => {
  const data = {
    inputs,
    response: inputs.map(([x]) => Math.round(3 + x!)),
    inputNames: ['x', 'z'],
  };
  const model = { gate: softmax(), expert: linear(), experts: 1, family: 'negativeBinomial', data } as const;
  const fit = fitMaximumLikelihood(model);
  for (const asked of [profileIntervals, profileCurves])
    expect(() => asked(fit, data, 'expert 1: x')).toThrow('so far: a dispersion is at its bound there');
});
