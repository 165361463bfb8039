import type { Stream } from '@tfjs-moe/core';

/** Below this mean, counts are drawn by adding up probabilities. */
const FEW = 30;

/** A number of Poisson's law. */
export function drawCount(mean: number, random: Stream): number {
  if (!(mean > 0)) return 0;
  // A sum of counts of smaller means: what gamma says of the time of the m-th event (Ahrens and Dieter, 1974).
  if (mean >= FEW) {
    const events = Math.floor((7 * mean) / 8);
    const time = drawGamma(events, random);
    return time > mean
      ? drawBinomial(events - 1, mean / time, random)
      : events + drawCount(mean - time, random);
  }
  let rest = random.uniform();
  let mass = Math.exp(-mean);
  let count = 0;
  while (rest >= mass && mass > 0) {
    rest -= mass;
    count += 1;
    mass *= mean / count;
  }
  return count;
}

/** A number of successes. */
export function drawBinomial(trials: number, p: number, random: Stream): number {
  let [left, chance, count] = [trials, p, 0];
  // The median of the uniforms is a beta number, which halves the trials (Relles, 1972).
  while (left > 2 * FEW) {
    const middle = 1 + Math.floor(left / 2);
    const [a, b] = [drawGamma(middle, random), drawGamma(left + 1 - middle, random)];
    const median = a / (a + b);
    if (median <= chance) {
      count += middle;
      left -= middle;
      chance = (chance - median) / (1 - median);
    } else {
      left = middle - 1;
      chance /= median;
    }
  }
  for (let i = 0; i < left; i++) if (random.uniform() < chance) count += 1;
  return count;
}

/**
 * A number of the gamma law with some shape and scale 1.
 *
 * Source: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (2000).
 */
export function drawGamma(shape: number, random: Stream): number {
  if (shape < 1) return drawGamma(shape + 1, random) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
