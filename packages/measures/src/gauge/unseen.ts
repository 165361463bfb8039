import {
  initialValues,
  mapNames,
  type Numbers,
  type ParamSpecs,
  paramSize,
  type Router,
  replicate,
  stream,
  type Units,
} from '@tfjs-moe/core';
import { matrixOf, singularValues } from '@tfjs-moe/numerics';
import { type MeasureShape, measureSpecs, specsFor } from '../measure/mixing-measure.ts';
import { expertTraits, routerTraits } from '../reading/traits-of.ts';
import { freedomsIn } from './freedoms.ts';
import { formOfGauge } from './gate-gauge.ts';
import { copiesIn, type Level, levelsOf, routerName } from './levels.ts';
import { scaleGaugesIn } from './scale-gauges.ts';
import { unitsIn } from './unit-places.ts';
import { unseenByCoordinates } from './unseen-by-coordinates.ts';

/** How much a number grows with the logarithm of a scale: a factor of the number itself, by parameter and index. */
type Scaling = readonly (readonly [name: string, index: number, factor: number])[];

/**
 * In how many directions the numbers of a mixture move without changing its function, besides the displacements that fix
 * parameters (`gateGauge`): a temperature with its scores, the length of a kernel of which only the direction is seen, the
 * scale of what leads to a ReLU unit against that of what leads on.
 *
 * What an estimator counts as degrees of freedom is what is left. The directions are counted at numbers in general
 * position, by their rank.
 */
export function unseenDirections(shape: MeasureShape): number {
  specsFor('unseenDirections', 'shape', shape);
  return ofGate(shape) + ofExperts(shape);
}

function ofGate({ gate, inputDim, experts }: MeasureShape): number {
  const form = formOfGauge(gate, experts);
  if (form === undefined) return 0;
  const specs: ParamSpecs = gate.params(inputDim, experts);
  const numbers = drawn(specs);
  return levelsOf(form, experts).reduce((sum, level) => sum + ofLevel(level, specs, numbers), 0);
}

function ofLevel(level: Level, specs: ParamSpecs, numbers: Numbers): number {
  const { coordinates, units = [] } = routerTraits(level.form.router);
  const ofUnits = unitScalings(units, specs, (name) => routerName(level.form, name));
  if (coordinates !== undefined) {
    const fixed = freedomsIn(level, specs).flatMap((freedom) => freedom.fixed);
    const held = fixed.reduce((sum, { name }) => sum + paramSize(specs[name]!), 0);
    return unseenByCoordinates(level, specs, numbers, coordinates) - held + rank(ofUnits, specs, numbers);
  }
  const ofTemperatures = scaleGaugesIn(level, specs).map(({ temperature, copy, scores }) => [
    [temperature, copy, 1] as const,
    ...scores.flatMap(({ name, copies, exponent }) => entries(specs, name, copies, exponent)),
  ]);
  return rank(
    [...ofTemperatures, ...homogeneities(level, specs, level.form.router), ...ofUnits],
    specs,
    numbers,
  );
}

function ofExperts(shape: MeasureShape): number {
  const { expert, inputDim, units = 1, experts } = shape;
  const all = measureSpecs(shape).expert;
  const isShared = Object.values(all).some(({ shared }) => shared);
  const specs: ParamSpecs = isShared ? all : replicate(expert.params(inputDim, units), 1);
  const scalings = unitScalings(expertTraits(expert).units ?? [], specs);
  return rank(scalings, specs, drawn(specs)) * (isShared ? 1 : experts);
}

/** The entries of some copies of a parameter. */
function entries(
  specs: ParamSpecs,
  name: string,
  { first, count }: { readonly first: number; readonly count: number },
  factor: number,
): Scaling {
  const size = paramSize(specs[name]!);
  return Array.from({ length: count * size }, (_, i) => [name, first * size + i, factor] as const);
}

/**
 * What a router's homogeneities say that its score does not see: parameters of degree 0, and of two sets of another degree
 * one against the other. Of each copy by itself, unless a parameter is shared.
 */
function homogeneities(level: Level, specs: ParamSpecs, router: Router): Scaling[] {
  const { homogeneous = [] } = routerTraits(router);
  const [first, ...others] = homogeneous.filter(({ degree }) => degree !== 0);
  const still = homogeneous.filter(({ degree }) => degree === 0).map((one) => [{ ...one, factor: 1 }]);
  const against = others.map((other) => [
    { ...other, factor: 1 / other.degree },
    { ...first!, factor: -1 / first!.degree },
  ]);
  return [...still, ...against].flatMap((sets) => {
    const names = sets.flatMap(({ parameters, factor }) =>
      parameters.map((name) => [routerName(level.form, name), factor] as const),
    );
    if (!names.every(([name]) => specs[name]!.trainable !== false)) return [];
    const copies = Math.max(...names.map(([name]) => specs[name]!.copies));
    const isJoint = names.some(([name]) => specs[name]!.copies !== copies);
    return Array.from({ length: isJoint ? 1 : copies }, (_, copy) =>
      names.flatMap(([name, factor]) => {
        const whole = copiesIn({ sizes: [1] }, specs[name]!, 0);
        return entries(specs, name, isJoint ? whole : { first: copy, count: 1 }, factor);
      }),
    );
  });
}

function unitScalings(all: readonly Units[], specs: ParamSpecs, nameOf = (name: string) => name): Scaling[] {
  return all.flatMap((units) =>
    (units.scales ?? []).flatMap(({ multiplied, divided }) => {
      const names = [...multiplied, ...divided].map(nameOf);
      if (!names.every((name) => specs[name]!.trainable !== false)) return [];
      return unitsIn(units, specs, nameOf)
        .flat()
        .map((unit) => [
          ...unit.of(multiplied).map(([name, index]) => [name, index, 1] as const),
          ...unit.of(divided).map(([name, index]) => [name, index, -1] as const),
        ]);
    }),
  );
}

/** Numbers in general position, of either sign where their box allows it: the cosines of a single input are signs. */
function drawn(specs: ParamSpecs): Numbers {
  const random = stream(0, 'unseen');
  return mapNames(specs, (spec) => {
    const { min = -Infinity, max = Infinity } = spec.constraint ?? {};
    return Array.from({ length: spec.copies }, (_, copy) =>
      Array.from(initialValues(spec, random), (initial, i) => {
        const size = 0.3 + random.uniform();
        const value = (copy + i) % 2 === 0 ? size : -size;
        return value >= min && value <= max ? value : initial + 0.1 * size;
      }),
    ).flat();
  });
}

function rank(scalings: readonly Scaling[], specs: ParamSpecs, numbers: Numbers): number {
  if (scalings.length === 0) return 0;
  const offsets = new Map<string, number>();
  let size = 0;
  for (const name of Object.keys(specs)) {
    offsets.set(name, size);
    size += numbers[name]!.length;
  }
  const rows = scalings.map((scaling) => {
    const row = new Array<number>(size).fill(0);
    for (const [name, index, factor] of scaling)
      row[offsets.get(name)! + index] = factor * numbers[name]![index]!;
    return row;
  });
  const { values } = singularValues(matrixOf(rows));
  return values.filter((value) => value > 1e-9 * values[0]!).length;
}
