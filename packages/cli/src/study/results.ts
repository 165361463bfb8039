import type { Study } from './study.ts';
import type { Shard } from './task.ts';

/** What a file of results is of: its first line. */
export interface Header {
  readonly study: string;
  /** Of everything that decides the results. */
  readonly fingerprint: string;
  /** Tasks of the whole study. */
  readonly tasks: number;
  /** Which part of the tasks is here; all of them if absent. */
  readonly shard?: Shard;
  /** What was run, for the report. */
  readonly config: Study;
}

/** What came of one task: a line. */
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
