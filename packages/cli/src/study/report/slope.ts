import { stream } from '@tfjs-moe/core';

export interface Slope {
  readonly value: number;
  /** 95 % percentile interval over resampled replicates, and over resampled truths where there are several. */
  readonly low: number;
  readonly high: number;
}

/** A slope of several sizes, and what tells whether there is one. */
export interface CurveSlope extends Slope {
  /** How many sizes it is of. */
  readonly sizes: number;
  /**
   * The slope of the upper half of the sizes less that of the lower half, a middle one in both: a power of n has 0. With
   * two sizes there is none: a line goes through any two points.
   */
  readonly bend?: Slope;
  /** The slopes of each truth's own medians, where there are several truths. */
  readonly ofTruths?: readonly number[];
}

const RESAMPLES = 500;

/** The losses of one size. */
export interface SizeSample {
  readonly n: number;
  /** For each truth its losses. */
  readonly byTruth: readonly (readonly number[])[];
}

/** The slope of $\log(\text{median}) = c + s \log n$, with an interval of a bootstrap; nothing where there is none. */
export function slopeOf(
  samples: readonly SizeSample[],
  truths: number,
  seed: number,
  key: string,
): CurveSlope | undefined {
  const used = samples.filter(({ byTruth }) => byTruth.some((values) => values.length > 0));
  const measured = fittedTo(used);
  if (measured === undefined) return undefined;
  const random = stream(seed, 'slope', key);
  const draw = <T>(of: readonly T[]): T[] =>
    Array.from(of, () => of[Math.floor(random.uniform() * of.length)]!);
  const numbers = Array.from({ length: truths }, (_, truth) => truth);
  const resampled = Array.from({ length: RESAMPLES }, () => {
    // Sizes have the same truths, so the same of them are drawn at all.
    const chosen = truths === 1 ? numbers : draw(numbers);
    return fittedTo(used.map(({ n, byTruth }) => ({ n, byTruth: chosen.map((t) => draw(byTruth[t]!)) })));
  }).filter((one) => one !== undefined);
  const around = (value: number, of: readonly number[]): Slope => {
    const sorted = [...of].sort(ascending);
    return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  };
  const own = numbers.map((t) => fittedTo(used.map(({ n, byTruth }) => ({ n, byTruth: [byTruth[t]!] }))));
  return {
    ...around(
      measured.slope,
      resampled.map(({ slope }) => slope),
    ),
    sizes: used.length,
    ...(measured.bend !== undefined && {
      bend: around(
        measured.bend,
        resampled.map(({ bend }) => bend!),
      ),
    }),
    ...(truths > 1 && { ofTruths: own.flatMap((one) => one?.slope ?? []) }),
  };
}

/** The slope of the medians, and how much steeper it is in the upper half of the sizes than in the lower half. */
function fittedTo(
  samples: readonly SizeSample[],
): { readonly slope: number; readonly bend?: number } | undefined {
  const medians = samples.map(
    ({ n, byTruth }) => [n, quantile(byTruth.flat().sort(ascending), 0.5)] as const,
  );
  const slope = fitted(medians);
  if (slope === undefined) return undefined;
  if (medians.length < 3) return { slope };
  const lower = fitted(medians.slice(0, Math.ceil(medians.length / 2)))!;
  const upper = fitted(medians.slice(Math.floor(medians.length / 2)))!;
  return { slope, bend: upper - lower };
}

/** Slope of the least-squares line through (log n, log y). */
function fitted(points: readonly (readonly [number, number])[]): number | undefined {
  if (points.length < 2 || points.some(([, y]) => !(y > 0))) return undefined;
  const x = points.map(([n]) => Math.log(n));
  const y = points.map(([, value]) => Math.log(value));
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [mx, my] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0) / spread;
}

export const ascending = (a: number, b: number): number => a - b;

/** A quantile of ascending numbers, linear between neighbours (R's type 7); NaN of none. */
export function quantile(sorted: readonly number[], p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below];
  if (low === undefined) return Number.NaN;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
