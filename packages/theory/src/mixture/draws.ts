import { type GateParamSpec, paramSize, type Stream, stream } from '@tfjs-moe/core';
import { drawnMeasure, type MeasureShape, type MixingMeasure } from '@tfjs-moe/measures';
import { withKnownValues } from './held.ts';
import { idleAtoms, selects } from './regions.ts';

/** Numbers drawn are multiples of its inverse: many enough not to meet by chance, and short in exact arithmetic. */
const GRID = 1024;
/** Numbers that are drawn for one place until one of them meets no other. */
const MOST_NUMBERS = 1000;
/** Draws of a measure whose gate selects, until every atom is selected somewhere. */
const MOST_DRAWS = 300;

/**
 * A measure with random parameters without coincidence. No number is 0, no two have the same size, wherever they stand;
 * and of the numbers that atoms have in one place, such as the first entries of their kernels, all sums and differences
 * differ too, so that no atom is the mirror of another and no two pairs of atoms have the same distance. Under a gate that
 * selects, every atom is selected somewhere.
 *
 * What holds at such parameters holds at almost all of an analytic model; a relation that needs $\eta_1 = -\eta_2$ or
 * $\beta_1 + \beta_4 = \beta_2 + \beta_3$ is not found, which is what generic means.
 *
 * @param draws how many other measures were drawn from this seed before
 */
export function genericMeasure(of: MeasureShape, seed: number, draws = 0): MixingMeasure {
  const path = draws === 0 ? [] : ['draw', draws];
  let best = draw(of, seed, path);
  if (!selects(best)) return best;
  let idle = idleAtoms(best, stream(seed, 'regions')).length;
  for (let attempt = 1; attempt < MOST_DRAWS && idle > 0; attempt++) {
    const next = draw(of, seed, [...path, attempt]);
    const left = idleAtoms(next, stream(seed, 'regions')).length;
    if (left < idle) [best, idle] = [next, left];
  }
  return best;
}

function draw(of: MeasureShape, seed: number, path: readonly (string | number)[]): MixingMeasure {
  const sizes = new Set<number>();
  const drawn = drawnMeasure(of, (spec, part, name) => {
    const random = stream(seed, part, name, ...path);
    const places = Array.from({ length: paramSize(spec) }, () => new Place());
    const grid = GRID * finer(Math.max(spec.copies, (spec.copies * places.length) / MOST_OF_A_PLACE));
    return Array.from({ length: spec.copies * places.length }, (_, i) => {
      const value = numberIn(spec, random, grid, sizes, places[i % places.length]!);
      sizes.add(Math.abs(value));
      return value;
    });
  });
  return withKnownValues(drawn);
}

/**
 * A measure for prime fields: its parameters are integers below $2^{26}$, at which nothing is special that is not special
 * everywhere.
 */
export function integerMeasure(of: MeasureShape, seed: number): MixingMeasure {
  const drawn = drawnMeasure(of, (spec, part, name) => {
    const random = stream(seed, part, name, 'integers');
    return Array.from({ length: spec.copies * paramSize(spec) }, () => 1 + random.integer(2 ** 26 - 1));
  });
  return withKnownValues(drawn);
}

/** Numbers of one parameter for each atom that the grid has room for. */
const MOST_OF_A_PLACE = 64;

/** Many atoms have many sums, which need room to differ, and so have many numbers. */
const finer = (copies: number) => 4 ** Math.max(0, Math.ceil(Math.log2(copies / 16)));

/** A number of a parameter's own range, which meets no other where there is room for it. */
function numberIn(
  { constraint = {} }: GateParamSpec,
  random: Stream,
  grid: number,
  sizes: ReadonlySet<number>,
  place: Place,
): number {
  const { min = -Infinity, max = Infinity } = constraint;
  let allowed: number | undefined;
  for (let attempt = 0; attempt < MOST_NUMBERS; attempt++) {
    const value = Math.round(grid * random.normal()) / grid;
    if (value === 0 || value < min || value > max) continue;
    allowed = value;
    if (!sizes.has(Math.abs(value)) && place.takes(value)) return value;
  }
  return allowed ?? Math.max(min, Math.min(max, 0.375));
}

/** What atoms have in one place, with the sums and differences of it. */
class Place {
  private readonly values: number[] = [];
  private readonly sums = new Set<number>();

  /** Takes a number unless one of its sums or differences with those before is one already. */
  takes(value: number): boolean {
    const others = this.values.flatMap((other) => [Math.abs(value + other), Math.abs(value - other)]);
    const sums = [2 * Math.abs(value), ...others];
    if (new Set(sums).size < sums.length || sums.some((sum) => sum === 0 || this.sums.has(sum))) return false;
    for (const sum of sums) this.sums.add(sum);
    this.values.push(value);
    return true;
  }
}
