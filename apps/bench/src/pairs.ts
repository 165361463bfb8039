/**
 * Interleaved timing. Contenders take turns, so that whatever else the machine does falls on all of them, and are
 * compared turn by turn: the median of the paired ratios and the middle half of them, not the ratio of two means.
 */

/** One way of doing the work. */
export interface Contender {
  readonly name: string;
  /** Called before its turn, outside the measured time. */
  readonly prepare?: () => void;
  run(): void | Promise<void>;
}

export interface Effort {
  /** Most turns of each contender. */
  readonly rounds: number;
  /** Shortest measured time: short work is repeated. */
  readonly atLeastMs: number;
  /** What takes longer than this has fewer turns. */
  readonly slowMs: number;
}

/** Milliseconds of one run, for each turn; slow contenders have fewer. */
export type Timings = ReadonlyMap<string, readonly number[]>;

/** How two contenders compare. */
export interface Ratio {
  readonly median: number;
  /** Lower and upper quartile. */
  readonly spread: readonly [number, number];
}

/** The most turns of a slow contender. */
const SLOW_ROUNDS = 2;

export async function takeTurns(
  contenders: readonly Contender[],
  { rounds, atLeastMs, slowMs }: Effort,
): Promise<Timings> {
  const timings = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  const repeats = new Map<string, number>();
  for (const contender of contenders) {
    // Two runs warm up; slow ones are as warm as they get after one.
    let once = await timed(contender, 1);
    if (once < slowMs) once = Math.min(await timed(contender, 1), await timed(contender, 1));
    else timings.get(contender.name)?.push(once);
    repeats.set(contender.name, Math.max(1, Math.ceil(atLeastMs / once)));
  }
  for (let round = 0; round < rounds; round++) {
    // Back and forth, so that nobody always follows the same other.
    for (const contender of round % 2 === 0 ? contenders : [...contenders].reverse()) {
      const times = timings.get(contender.name)!;
      if ((times[0] ?? 0) >= slowMs && times.length >= SLOW_ROUNDS) continue;
      times.push(await timed(contender, repeats.get(contender.name)!));
    }
  }
  return timings;
}

/** Compares the first contender with the second, turn by turn. */
export function ratioOf(timings: Timings, first: string, second: string): Ratio {
  const [a, b] = [timings.get(first) ?? [], timings.get(second) ?? []];
  const turns = Math.min(a.length, b.length);
  const ratios = Array.from({ length: turns }, (_, i) => a[i]! / b[i]!);
  return { median: quantile(ratios, 0.5), spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)] };
}

export function median(timings: Timings, name: string): number {
  return quantile(timings.get(name) ?? [], 0.5);
}

/** Quantile with linear interpolation; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return low + (high - low) * (at - Math.floor(at));
}

/** Runs each contender until the engine has compiled it: calls of microseconds are many times slower before. */
export async function warmUp(contenders: readonly Contender[], ms: number): Promise<void> {
  for (const { prepare, run } of contenders) {
    prepare?.();
    const end = performance.now() + ms;
    do await run();
    while (performance.now() < end);
  }
}

async function timed({ prepare, run }: Contender, repeats: number): Promise<number> {
  prepare?.();
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await run();
  return (performance.now() - start) / repeats;
}
