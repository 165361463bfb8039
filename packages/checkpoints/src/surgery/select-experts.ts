import type * as tf from '@tensorflow/tfjs-core';
import { expectInteger, expectNumber, MoeError, stream } from '@tfjs-moe/core';
import type { MixtureOfExperts } from '@tfjs-moe/layers';
import { type Operated, partsOf, rebuilt, receiptOf, rowsOf, takenNumbers } from './operated.ts';

/**
 * A layer of some experts of another, in this order: their kernels, their rows of the router and of the selection bias. All
 * else stays, the number of experts per token too.
 *
 * @param experts numbers of those that are kept, each once
 * @param x tokens [..., D] that the receipt compares both layers on
 * @throws MoeError where fewer stay than are selected for a token, or where the gate has groups of its own
 * @example const { layer, receipt } = await keepExperts(moe, [0, 1, 3], x);
 */
export async function keepExperts(
  layer: MixtureOfExperts,
  experts: readonly number[],
  x: tf.Tensor,
): Promise<Operated> {
  const who = 'keepExperts';
  const parts = await partsOf(who, layer);
  if (!Array.isArray(experts) || experts.length === 0 || new Set(experts).size !== experts.length)
    throw new MoeError(who, 'experts must be a list of different numbers', experts);
  for (const each of experts) expectInteger(who, 'experts', each, { min: 0, max: parts.experts - 1 });
  const now = rebuilt(parts, { experts: experts.length }, takenNumbers(who, parts, experts));
  return { layer: now, receipt: await receiptOf(layer, now, x) };
}

/**
 * A layer without some experts: `keepExperts` of the others.
 * @param experts numbers of those that go
 * @param x tokens [..., D] that the receipt compares both layers on
 */
export async function removeExperts(
  layer: MixtureOfExperts,
  experts: readonly number[],
  x: tf.Tensor,
): Promise<Operated> {
  const { experts: all } = await partsOf('removeExperts', layer);
  for (const each of experts) expectInteger('removeExperts', 'experts', each, { min: 0, max: all - 1 });
  const rest = Array.from({ length: all }, (_, e) => e).filter((e) => !experts.includes(e));
  return keepExperts(layer, rest, x);
}

/** Options of `addExperts`. */
export interface AddExpertsOptions {
  /** Numbers of the experts that the new ones are copies of. */
  readonly copiesOf: readonly number[];
  /** Standard deviation of what is added to each copy's router and kernels, over that of the numbers. Default 0.01. */
  readonly noise?: number;
  /** Seed of the noise. Default 0. */
  readonly seed?: number;
}

/**
 * A layer with more experts: copies of some that are there, apart by a little noise, so that they can become different.
 * @param x tokens [..., D] that the receipt compares both layers on
 */
export async function addExperts(
  layer: MixtureOfExperts,
  { copiesOf, noise = 0.01, seed = 0 }: AddExpertsOptions,
  x: tf.Tensor,
): Promise<Operated> {
  const who = 'addExperts';
  const parts = await partsOf(who, layer);
  if (!Array.isArray(copiesOf) || copiesOf.length === 0)
    throw new MoeError(who, 'copiesOf must be a list', copiesOf);
  for (const each of copiesOf) expectInteger(who, 'copiesOf', each, { min: 0, max: parts.experts - 1 });
  expectNumber(who, 'noise', noise, { min: 0 });
  const all = [...Array.from({ length: parts.experts }, (_, e) => e), ...copiesOf];
  const numbers = takenNumbers(who, parts, all);
  for (const [name, { copies, trainable = true }] of Object.entries(parts.specs)) {
    if (copies !== parts.experts || !trainable || noise === 0) continue;
    const values = numbers.get(name)!;
    const size = values.length / all.length;
    for (let e = parts.experts; e < all.length; e++) {
      const own = values.subarray(e * size, (e + 1) * size);
      const deviation = noise * deviationOf(rowsOf(values, all.length, [e]));
      const random = stream(seed, name, e);
      for (let i = 0; i < size; i++) own[i]! += deviation * random.normal();
    }
  }
  const now = rebuilt(parts, { experts: all.length }, numbers);
  return { layer: now, receipt: await receiptOf(layer, now, x) };
}

function deviationOf(numbers: Float32Array): number {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
}
