/** Subject: one question to measure, and the rows of its answer. */
import type { Effort } from './pairs.ts';

/** One line of a table. */
export interface Row {
  /** What was computed. */
  readonly case: string;
  /** Which part of it, for example forward. */
  readonly mode: string;
  /** Own time over the time of others, below 1 if faster: medians of pairs. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Lower and upper quartiles of the same ratios. */
  readonly spread: Readonly<Record<string, readonly [number, number]>>;
  /** Own time, the median in milliseconds. */
  readonly ms?: number;
  readonly gflops?: number;
  /** Whatever else the subject measures. */
  readonly [more: string]: unknown;
}

export interface Run {
  /** A few representative cases. */
  readonly quick: boolean;
  readonly effort: Effort;
  /** Only the cases whose name has this in it; of a subject that comes in parts. */
  readonly only?: string | undefined;
  /** Says what is going on. */
  log(text: string): void;
}

export interface Subject {
  readonly name: string;
  /** What the ratios compare, in one line. */
  readonly about: string;
  /** Whether it heeds `only`. */
  readonly inParts?: boolean;
  measure(run: Run): Promise<Row[]>;
}

/** What the page of the benchmark offers: the quick cases of every subject in it, their names in front. */
export type MeasureInPage = (effort: Effort, wasm: string) => Promise<Row[]>;
