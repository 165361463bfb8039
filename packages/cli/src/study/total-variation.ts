/**
 * Distance of two Gaussian mixtures of experts as laws of the response,
 * $\mathbb E_x\, \tfrac12 \int |p_G(y \mid x) - p_{G'}(y \mid x)|\, dy$.
 *
 * The loss that the theory of top-K gates bounds when enough experts are selected, and that stays away from 0 when too
 * few are. By the trapezoidal rule, since |p - q| has kinks, on a grid fine enough for the narrowest expert.
 *
 * Source: Nguyen, Akbarian, Yan and Ho (2024), arXiv:2309.13850, Theorems 1 to 3.
 */
import { MoeError } from '@tfjs-moe/core';
import { type MixingMeasure, measureParts } from '@tfjs-moe/measures';

/** Grid points per standard deviation of the narrowest expert. */
const PER_DEVIATION = 16;
const TAILS = 6;
const MOST_POINTS = 20_000;

export function totalVariation(
  first: MixingMeasure,
  second: MixingMeasure,
  rows: readonly (readonly number[])[],
): number {
  const [left, right] = [lawsOf(first, rows), lawsOf(second, rows)];
  return rows.reduce((sum, _, i) => sum + distance(left(i), right(i)), 0) / rows.length;
}

/** A normal with a weight. */
interface Part {
  readonly weight: number;
  readonly mean: number;
  readonly deviation: number;
}

function lawsOf(measure: MixingMeasure, rows: readonly (readonly number[])[]): (row: number) => Part[] {
  const { experts, dispersions: deviations, family } = measure;
  if (family !== undefined && family.isLeastSquares !== true)
    throw new MoeError('totalVariation', 'the experts must be Gaussian', family.kind);
  if (deviations === undefined) {
    throw new MoeError('totalVariation', 'the measure must have dispersions', deviations);
  }
  const { weights, outputs } = measureParts(measure, rows);
  return (row) => {
    const parts = Array.from({ length: experts }, (_, e) => ({
      weight: weights[row * experts + e]!,
      mean: outputs[row * experts + e]!,
      deviation: deviations[deviations.length === 1 ? 0 : e]!,
    })).filter(({ weight }) => weight > 0);
    // Top-1 keeps the weight of the softmax; as a law, what is selected has probability 1.
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    return parts.map((part) => ({ ...part, weight: part.weight / total }));
  };
}

/** $\tfrac12 \int |p - q|$ by the trapezoidal rule. */
function distance(left: readonly Part[], right: readonly Part[]): number {
  const parts = [...left, ...right];
  const low = Math.min(...parts.map(({ mean, deviation }) => mean - TAILS * deviation));
  const high = Math.max(...parts.map(({ mean, deviation }) => mean + TAILS * deviation));
  const narrowest = Math.min(...parts.map(({ deviation }) => deviation));
  const wanted = Math.ceil(((high - low) / narrowest) * PER_DEVIATION);
  const intervals = Math.min(MOST_POINTS, wanted);
  const step = (high - low) / intervals;
  let sum = 0;
  for (let i = 0; i <= intervals; i++) {
    const y = low + i * step;
    sum += Math.abs(density(left, y) - density(right, y));
  }
  // The ends are in the tails, where the difference is nothing.
  return (sum * step) / 2;
}

function density(parts: readonly Part[], y: number): number {
  let sum = 0;
  for (const { weight, mean, deviation } of parts) {
    const z = (y - mean) / deviation;
    sum += (weight * Math.exp(-0.5 * z * z)) / deviation;
  }
  return sum / Math.sqrt(2 * Math.PI);
}
