import {
  arrayInput,
  arrayOps,
  type Coordinates,
  type Numbers,
  paramSize,
  type Router,
  replicate,
} from '@tfjs-moe/core';
import { assert, assertClose, drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { combinations } from './elimination.ts';

const SEEDS = [31, 32, 33, 34];
/** Experts besides those whose coordinates span all others'. */
const OTHERS = 4;

/**
 * Asserts that a router's score is linear in the coordinates that it declares, with features that do not depend on each
 * other: as many experts as there are coordinates give the features, from which all other experts' scores follow.
 */
export function assertCoordinates(router: Router, inputDim: number, coordinates: Coordinates): void {
  const where = 'traits.coordinates';
  const drawn = SEEDS.map((seed) => scoresAt(router, inputDim, coordinates, seed));
  for (const { scores, experts, basis, others } of drawn) {
    const found = combinations(basis, others);
    assert(found !== undefined, `${where}: some coordinate is a combination of the others`);
    assertClose(
      found!.flatMap((combination) => combined(combination, scores)),
      experts.flat(),
      `${where} says that the score is linear in the coordinates; the scores of other experts, by those of ${basis.length}, instead of their own`,
      1e-6,
    );
  }
  if (coordinates.offset !== undefined) {
    for (const { features } of drawn) {
      const own = features().at(-1)!;
      assertClose(
        own,
        own.map(() => own[0]!),
        `${where}.offset says that its feature does not depend on the input; its values`,
        1e-6,
      );
    }
  }
  const isFree = drawn.some(({ features }) => {
    const own = coordinates.offset === undefined ? features() : features().slice(0, -1);
    const rows = [...own, own[0]!.map(() => 1)];
    const some = rows.map((row) => row.slice(0, rows.length));
    return combinations(some, []) !== undefined;
  });
  assert(isFree, `${where}: some feature is a combination of the others and of a constant`);
}

/** Scores of experts at random numbers: some whose coordinates are a basis, and others. */
function scoresAt(router: Router, inputDim: number, { of, offset }: Coordinates, seed: number) {
  const one = replicate(router.params(inputDim), 1);
  const at = (numbers: Numbers) => [...of(numbers), ...(offset === undefined ? [] : [offset(numbers)])];
  const size = at(ownOf(one, drawnData(one, seed), 0)).length;
  assert(size > 0, 'traits.coordinates: there are none');
  const specs = replicate(router.params(inputDim), size + OTHERS);
  const data = drawnData(specs, seed);
  const all = Array.from({ length: size + OTHERS }, (_, e) => at(ownOf(specs, data, e)));
  const stray = all.find(({ length }) => length !== size);
  assert(stray === undefined, `traits.coordinates: a list of ${size} numbers, and one of ${stray?.length}`);
  const rows = drawnRows(size + OTHERS, inputDim, seed);
  const values = router.logit(arrayOps, arrayInput(rows), valuesOf(specs, data));
  const table = all.map((_, e) =>
    rows.map(
      (_, t) => values.data[(values.tokens === 1 ? 0 : t * values.experts) + (values.experts === 1 ? 0 : e)]!,
    ),
  );
  const basis = all.slice(0, size);
  return {
    basis,
    others: all.slice(size),
    scores: table.slice(0, size),
    experts: table.slice(size),
    features() {
      const units = basis.map((_, i) => basis.map((_, j) => (i === j ? 1 : 0)));
      return combinations(basis, units)!.map((combination) => combined(combination, table));
    },
  };
}

function combined(combination: readonly number[], rows: readonly (readonly number[])[]): number[] {
  return rows[0]!.map((_, t) => combination.reduce((sum, factor, i) => sum + factor * rows[i]![t]!, 0));
}

/** The numbers that an expert has for its own. */
function ownOf(
  specs: ReturnType<typeof replicate>,
  data: Readonly<Record<string, ArrayLike<number>>>,
  expert: number,
): Numbers {
  const own = Object.entries(specs).filter(([, { shared }]) => !shared);
  return Object.fromEntries(
    own.map(([name, spec]) => {
      const size = paramSize(spec);
      return [name, Array.from(data[name]!).slice(expert * size, (expert + 1) * size)];
    }),
  );
}
