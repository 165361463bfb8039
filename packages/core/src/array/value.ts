/**
 * The values of the plain-array interpretation: float64 in row-major order, [tokens, experts, rows, features].
 *
 * `rows` is 1 for values and vectors; a kernel has its input features there. An axis of length 1 broadcasts.
 */
import { MoeError } from '../errors.ts';
import type { ParamSpec } from '../params.ts';

/**
 * A value of the interpretation on arrays: [tokens, experts, features], of which an axis of length 1 does not vary;
 * parameters have rows as well.
 */
export interface ArrayValue {
  readonly tokens: number;
  readonly experts: number;
  readonly rows: number;
  readonly features: number;
  readonly data: Float64Array;
}

/** Inputs of `tokens` rows with the same features for every expert. */
export function arrayInput(rows: readonly (readonly number[])[]): ArrayValue {
  const features = rows[0]?.length ?? 0;
  return { tokens: rows.length, experts: 1, rows: 1, features, data: Float64Array.from(rows.flat()) };
}

/** One number for every token and expert, for example logits. */
export function arrayTable(rows: readonly (readonly number[])[]): ArrayValue {
  const experts = rows[0]?.length ?? 0;
  return { tokens: rows.length, experts, rows: 1, features: 1, data: Float64Array.from(rows.flat()) };
}

/** A stored weight [copies, ...shape] as a value. */
export function arrayParam(spec: ParamSpec, copies: number, data: ArrayLike<number>): ArrayValue {
  const [rows, features] = spec.shape.length === 2 ? spec.shape : [1, spec.shape[0]];
  return { tokens: 1, experts: copies, rows, features, data: Float64Array.from(data) };
}

/** A value with one feature as rows of numbers, one row per token. */
export function tableOf(value: ArrayValue): number[][] {
  const { tokens, experts, data } = value;
  return Array.from({ length: tokens }, (_, t) => Array.from(data.subarray(t * experts, (t + 1) * experts)));
}

/** A new value, each entry computed from its position. */
export function build(
  shape: Omit<ArrayValue, 'data'>,
  entry: (token: number, expert: number, row: number, feature: number) => number,
): ArrayValue {
  const { tokens, experts, rows, features } = shape;
  const data = new Float64Array(tokens * experts * rows * features);
  let next = 0;
  for (let t = 0; t < tokens; t++) {
    for (let e = 0; e < experts; e++) {
      for (let r = 0; r < rows; r++) {
        for (let f = 0; f < features; f++) data[next++] = entry(t, e, r, f);
      }
    }
  }
  return { tokens, experts, rows, features, data };
}

/** The entry at a position, with broadcasting. */
export function at(value: ArrayValue, token: number, expert: number, row: number, feature: number): number {
  const { tokens, experts, rows, features, data } = value;
  const t = tokens === 1 ? 0 : token;
  const e = experts === 1 ? 0 : expert;
  const r = rows === 1 ? 0 : row;
  const f = features === 1 ? 0 : feature;
  return data[((t * experts + e) * rows + r) * features + f]!;
}

/** The common length of an axis of two values, one of which may be 1. */
export function broadcast(a: number, b: number, axis: string): number {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  throw new MoeError('arrayOps', `two values differ in their ${axis}: ${a} and ${b}`);
}
