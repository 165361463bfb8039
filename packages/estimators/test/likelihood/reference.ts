/** Fits to twelve digits of four simulated tables; see fixtures/softmax-gaussian-moe/README.md. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Sample } from '../../src/index.ts';

const folder = resolve(import.meta.dirname, '../fixtures/softmax-gaussian-moe');

export interface ReferenceFit {
  readonly loglik: number;
  /** Intercept and slope of every expert but the last, whose gate is 0. */
  readonly gate: readonly (readonly [number, number])[];
  readonly experts: readonly (readonly [number, number])[];
  readonly sigma: readonly number[];
  readonly se_gate: readonly (readonly [number, number])[];
  readonly se_experts: readonly (readonly [number, number])[];
  readonly se_sigma: readonly number[];
}

export const referenceNames = ['A_d1k2_n1000', 'A_d1k2_n10000', 'B_d1k3_n1000', 'B_d1k3_n10000'] as const;

export function referenceFit(name: string): ReferenceFit {
  return JSON.parse(readFileSync(resolve(folder, 'maximum-likelihood.json'), 'utf8'))[name];
}

export function referenceSample(name: string): Sample {
  const [, ...lines] = readFileSync(resolve(folder, `${name}.csv`), 'utf8')
    .trim()
    .split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return { inputs: rows.map(([x]) => [x!]), response: rows.map(([, y]) => y!) };
}
