/** What cannot be asked of several responses, and what of their columns cannot be fitted. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood, type Sample } from '../../../src/index.ts';

const random = stream(11, 'refusals');
const normals = (): number[] => Array.from({ length: 120 }, () => random.normal());
const [x, a, b, c] = [normals(), normals(), normals(), normals()];
const inputs = x.map((value) => [value]);
const sampleOf = (count: number, more: Partial<Sample> = {}): Sample => ({
  inputs,
  response: a,
  inputNames: ['x'],
  responseName: 'a',
  moreResponses: [{ name: 'b', values: b }].slice(0, count - 1),
  ...more,
});
const model = { gate: softmax(), expert: linear(), experts: 2 } as const;

describe('several responses refuse', () => {
  const twice = { name: 'a', values: a };
  test.each<[string, object, string]>([
    ['another family', { family: 'laplace' }, 'are Gaussian'],
    ['a structure', { structure: { equal: ['x'] } }, 'have no structure'],
    ['a gate that selects', { gate: topK({ k: 1 }) }, 'need a gate that gives every expert a weight'],
    ['an offset', { data: sampleOf(2, { offset: c }) }, 'have no offset'],
    ['a name twice', { data: sampleOf(1, { moreResponses: [twice] }) }, 'names that differ'],
    [
      'a constant one',
      { data: sampleOf(1, { moreResponses: [{ name: 'k', values: inputs.map(() => 1) }] }) },
      'must not be constant',
    ],
    [
      'a column that is too short',
      { data: sampleOf(1, { moreResponses: [{ name: 'k', values: [1] }] }) },
      '"k" must have 120 numbers',
    ],
    ['experts that are not linear', { expert: { kind: 'ffn', hiddenUnits: 2 } }, 'must be linear'],
  ])('%s', (_, change, message) => {
    expect(() => fitMaximumLikelihood({ ...model, starts: 1, data: sampleOf(2), ...change })).toThrow(
      message,
    );
  });

  test('a response that is a line of another has no bound, and is called so', () => {
    const data = sampleOf(1, { moreResponses: [{ name: 'copy', values: a.map((y) => 2 * y + 1) }] });
    const fit = fitMaximumLikelihood({ ...model, starts: 1, experts: 1, data });
    expect([fit.converged, fit.ending]).toEqual([false, 'vanishing variance']);
  });
});
