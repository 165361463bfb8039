/**
 * The results of a study as a file: a first line that says of what, then one line of JSON per task, in order.
 *
 * Lines hold nothing that depends on time or machine, so that two complete runs of one study are equal byte for byte.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { MoeError } from '@tfjs-moe/core';
import type { Shard } from './task.ts';

export interface Header {
  readonly study: string;
  /** Of everything that decides the results. */
  readonly fingerprint: string;
  /** Tasks of the whole study. */
  readonly tasks: number;
  /** Which part of the tasks is here; all of them if absent. */
  readonly shard?: Shard;
  /** What was run, for the report. */
  readonly config: unknown;
}

export interface Outcome {
  readonly index: number;
  readonly arm: string;
  readonly n: number;
  readonly replicate: number;
  /** Values by name; null where the fit failed. */
  readonly losses: Readonly<Record<string, number | null>>;
  readonly converged: boolean;
  readonly iterations: number;
  /** Why there is no fit. */
  readonly error?: string;
}

export interface Results {
  readonly header: Header;
  readonly outcomes: readonly Outcome[];
}

/** The whole file at once: a reader sees the old one or the new one. */
export function writeResults(path: string, { header, outcomes }: Results): void {
  const inOrder = [...outcomes].sort((a, b) => a.index - b.index);
  const partial = `${path}.tmp-${process.pid}`;
  writeFileSync(partial, [header, ...inOrder].map((line) => `${JSON.stringify(line)}\n`).join(''));
  renameSync(partial, path);
}

/**
 * Reads what `writeResults` or a journal wrote.
 * @param text its content; a last line without an end is what a killed process left, and is not counted
 */
export function parseResults(text: string, path: string): Results {
  const lines = text.split('\n');
  lines.pop();
  const [header, ...outcomes] = lines.map((line, i) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw new MoeError('moe study', `line ${i + 1} of ${path} must be JSON`, line.slice(0, 60));
    }
  });
  if (!isHeader(header)) throw new MoeError('moe study', `${path} must hold results of a study`, header);
  return { header, outcomes: outcomes as Outcome[] };
}

function isHeader(value: unknown): value is Header {
  return typeof value === 'object' && value !== null && 'fingerprint' in value && 'tasks' in value;
}
