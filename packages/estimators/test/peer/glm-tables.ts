/** What R's `glm` says of small tables: committed, and asked again where R is installed. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { expect } from 'vitest';
import { fitMaximumLikelihood, type MaximumLikelihoodFit, type Sample } from '../../src/index.ts';

export interface OfGlm {
  readonly family: 'poisson' | 'binomial';
  readonly y: number[];
  readonly a: number[];
  readonly b: number[];
  /** Of a and of b: average marginal effect, standard error. */
  readonly effects: number[];
  /** Of the constant, a and b: low, high of the profile. */
  readonly intervals: number[];
}

export const committed: readonly OfGlm[] = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'glm.json'), 'utf8'),
);

const probe = spawnSync('Rscript', ['-e', 'library(MASS)'], { encoding: 'utf8' });
/** Whether R is not there, or not the package that its profiles are from. */
export const missing: boolean = probe.error !== undefined || probe.status !== 0;

export function askedToday(): OfGlm[] {
  const { stdout, stderr, status } = spawnSync('Rscript', [resolve(import.meta.dirname, 'glm.R')], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

/** The same model as one expert. */
export function fitOfGlm({ family, y, a, b }: OfGlm): { data: Sample; fit: MaximumLikelihoodFit } {
  const data = { inputs: a.map((value, i) => [value, b[i]!]), response: y, inputNames: ['a', 'b'] };
  return {
    data,
    fit: fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 1, data, family }),
  };
}
