/**
 * Samples whose response changes sharply somewhere, and the best sharp split of a sample by trying all, straight from the
 * closed form: what no fit may stay below.
 */
import { type Stream, stream } from '@tfjs-moe/core';
import { leastSquares, matrix } from '@tfjs-moe/numerics';
import type { Sample } from '../../../src/index.ts';

export interface Shifted extends Sample {
  readonly inputs: readonly number[][];
  readonly response: readonly number[];
  readonly experts: number;
  readonly variances: 'own' | 'common';
}

/** A sample of lines that change at some value of one input: any place, size and noise, in any units. */
export function shifted(seed: number): Shifted {
  const random = stream(seed, 'level shift');
  const experts = random.uniform() < 0.75 ? 2 : 3;
  const inputDim = random.uniform() < 0.7 ? 1 : 2;
  const n = 20 + random.integer(experts === 2 ? 130 : 40);
  const [unit, origin, noise, level] = [6, 3, 3, 3].map((size) => 10 ** (size * (random.uniform() - 0.5)));
  const isGrid = random.uniform() < 0.5;
  const along = (i: number) => (isGrid ? i : n * random.uniform());
  const inputs = Array.from({ length: n }, (_, i) => {
    const rows = [along(i), ...Array.from({ length: inputDim - 1 }, () => n * random.normal())];
    return rows.map((value) => unit! * (origin! + value));
  });
  const places = Array.from({ length: experts - 1 }, () => unit! * (origin! + n * random.uniform()));
  const lines = Array.from({ length: experts }, () => ({
    shift: 4 * random.normal(),
    slope: random.uniform() < 0.5 ? 0 : (2 * random.normal()) / n,
    deviation: random.uniform() < 0.5 ? 1 : 0.3 + random.uniform(),
  }));
  const response = inputs.map((row) => {
    const { shift, slope, deviation } = lines[places.filter((place) => place < row[0]!).length]!;
    return level! + noise! * (shift + slope * (row[0]! / unit!) + deviation * random.normal());
  });
  const order = isShuffled(random) ? random.permutation(n) : Array.from({ length: n }, (_, i) => i);
  return {
    inputs: Array.from(order, (i) => inputs[i]!),
    response: Array.from(order, (i) => response[i]!),
    experts,
    variances: random.uniform() < 0.8 ? 'own' : 'common',
  };
}

function isShuffled(random: Stream): boolean {
  return random.uniform() < 0.5;
}

/**
 * The highest log-likelihood with every row on one side of sharp borders along one input, an expert fitted to the rows of
 * each side. Left out are splits that leave an expert fewer rows than it has numbers or a variance of next to nothing.
 */
export function bestSharpSplit({ inputs, response, experts, variances }: Shifted): number {
  const n = response.length;
  const mean = response.reduce((sum, y) => sum + y / n, 0);
  const variance = response.reduce((sum, y) => sum + (y - mean) ** 2 / n, 0);
  const numbers = inputs[0]!.length + 2;
  let best = -Infinity;
  inputs[0]!.forEach((_, d) => {
    const order = response.map((_y, i) => i).sort((i, j) => inputs[i]![d]! - inputs[j]![d]!);
    const mayCut = (i: number) => inputs[order[i]!]![d]! > inputs[order[i - 1]!]![d]!;
    const known = new Map<number, number>();
    const squares = (from: number, to: number): number => {
      const key = from * (n + 1) + to;
      if (!known.has(key)) known.set(key, residual(order.slice(from, to), inputs, response));
      return known.get(key)!;
    };
    const visit = (cuts: readonly number[]) => {
      const from = cuts.at(-1)!;
      const isLast = cuts.length === experts;
      for (let to = isLast ? n : from + numbers; to <= n - (isLast ? 0 : numbers); to++) {
        if (to - from < numbers || (to < n && !mayCut(to))) continue;
        if (isLast) best = Math.max(best, likelihood([...cuts, n]));
        else visit([...cuts, to]);
      }
    };
    const likelihood = (cuts: readonly number[]): number => {
      const groups = cuts.slice(1).map((to, e) => ({ size: to - cuts[e]!, rss: squares(cuts[e]!, to) }));
      const pooled = groups.reduce((sum, { rss }) => sum + rss, 0) / n;
      let sum = 0;
      for (const { size, rss } of groups) {
        const own = variances === 'own' ? rss / size : pooled;
        if (own <= 1.001e-8 * variance) return -Infinity;
        sum -= 0.5 * (size * Math.log(2 * Math.PI * own) + rss / own);
      }
      return sum;
    };
    visit([0]);
  });
  return best;
}

/** The residual sum of squares of a plane through some rows. */
function residual(rows: readonly number[], inputs: readonly number[][], response: readonly number[]): number {
  const columns = inputs[0]!.length;
  const means = Array.from({ length: columns }, (_, d) =>
    rows.reduce((sum, i) => sum + inputs[i]![d]! / rows.length, 0),
  );
  const mean = rows.reduce((sum, i) => sum + response[i]! / rows.length, 0);
  const a = matrix(rows.length, columns);
  rows.forEach((row, i) => {
    means.forEach((each, d) => {
      a.data[i + d * rows.length] = inputs[row]![d]! - each;
    });
  });
  const y = rows.map((i) => response[i]! - mean);
  const { solution } = leastSquares(a, y, 1e-10);
  return rows.reduce((sum, row, i) => {
    const fitted = means.reduce((total, each, d) => total + solution[d]! * (inputs[row]![d]! - each), 0);
    return sum + (y[i]! - fitted) ** 2;
  }, 0);
}
