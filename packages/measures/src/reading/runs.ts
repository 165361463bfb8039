/**
 * Runs of consecutive experts in expressions: in which of them an operation over experts stays.
 */
import { MoeError, type Runs, runCount, runSizes } from '@tfjs-moe/core';
import type { Expression } from './expression.ts';

/** Runs inside of runs; sizes that are all the same come back as a number, so that the same runs have one text. */
export function runsWithin(runs: Runs, inner: Runs): Runs {
  if (typeof runs === 'number' && typeof inner === 'number') return runs * inner;
  if (typeof runs === 'number') return alike(Array.from({ length: runs }, () => inner as number[]).flat());
  if (typeof inner !== 'number') throw new MoeError('withinRuns', 'sizes inside of sizes', inner);
  return alike(runs.flatMap((size) => runSizes('withinRuns', inner, size)));
}

function alike(sizes: readonly number[]): Runs {
  return sizes.every((size) => size === sizes[0]) ? sizes.length : sizes;
}

/** The runs that an operation over experts names. */
export function runsNamed(name: string): Runs {
  return name.includes(',') ? name.split(',').map(Number) : Number(name);
}

/** The runs in each of which a spread value is the same. */
export function runsOfSpread({ name, inside }: Expression): Runs {
  return name === '' ? inside[0]!.experts : runsNamed(name);
}

/** Whether each of some runs lies in one of others: what the same experts have in common there they have here. */
export function areInside(runs: Runs, others: Runs): boolean {
  if (typeof runs === 'number' && typeof others === 'number') return runs % others === 0;
  if (others === 1) return true;
  const sizes = [runs, others].find((one) => typeof one !== 'number') as readonly number[];
  const experts = sizes.reduce((sum, size) => sum + size, 0);
  const ends = [runs, others].map((one) => endsOf(one, experts));
  return ends[1]!.every((end) => ends[0]!.includes(end));
}

/** The experts at which runs end; none where they do not fit. */
function endsOf(runs: Runs, experts: number): number[] {
  const whole = typeof runs === 'number' ? experts % runs === 0 : runs.reduce((a, b) => a + b, 0) === experts;
  if (!whole) return [Number.NaN];
  let end = 0;
  return runSizes('runs', runs, experts).map((size) => {
    end += size;
    return end;
  });
}

/** The groups that all of some runs are made of, where they are of the same ones. */
export function groupsInside(runs: number, groups: Runs): Runs | undefined {
  if (runCount(groups) % runs !== 0) return undefined;
  if (typeof groups === 'number') return groups / runs;
  const own = groups.slice(0, groups.length / runs);
  return groups.every((size, g) => size === own[g % own.length]) ? own : undefined;
}
