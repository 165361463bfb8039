import { initialValues, MoeError, mapNames, type Numbers, stream } from '@tfjs-moe/core';
import { type MeasureShape, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import type { Columns } from '../../sample.ts';
import { inUnits, standardUnits } from '../../units/standard-units.ts';
import { affineCase } from './affine.ts';
import { trialInput } from './affine-design.ts';
import { inOtherUnits, plainCoordinates } from './coordinates.ts';
import { gaussianDensity, multinomialDensity } from './density.ts';
import { evaluateOutputs } from './evaluate-definition.ts';
import { jetsSource } from './jets-source.ts';
import { type Layout, layoutOf } from './layout.ts';
import { findLogits } from './logits-from.ts';
import type { Problem } from './problem.ts';
import { selectionOf } from './selection.ts';

export interface ProblemOptions {
  readonly who: string;
  readonly shape: MeasureShape;
  readonly data: Columns;
  readonly response: 'gaussian' | 'multinomial';
  readonly variances: 'common' | 'own';
  /** Smallest variance as a part of that of the response. */
  readonly minVariance: number;
  /** Where numbers that are not estimated come from; default the initializers. */
  readonly fixed?: MixingMeasure | undefined;
  readonly seed: number;
  /** Take the general case also where the affine one applies. */
  readonly general?: boolean;
}

/**
 * From a model and its data to the problem that is maximised: the affine case where it applies, jets elsewhere.
 */
export function makeProblem(options: ProblemOptions): Problem {
  const { who, shape, data, response, variances, seed, general = false } = options;
  const units = shape.units ?? 1;
  const noises = response === 'multinomial' ? 0 : variances === 'common' ? 1 : shape.experts;
  const fixed = options.fixed ?? drawnMeasure(shape, seed);
  const layout = layoutOf(shape, fixed, noises);
  const wide = trialNumbers(layout, seed);
  const input = trialInput(data);
  // Logits of hundreds have weights of 0 and 1 under any name: also where they are small.
  const largest = input.reduce((most, column) => column.reduce((a, b) => Math.max(a, Math.abs(b)), most), 1);
  const narrow = wide.map((numbers) =>
    numbers.map((value, i) =>
      i < layout.firstExpert && layout.entries[i]!.spec?.constraint === undefined ? value / largest : value,
    ),
  );
  const trials = [...wide, ...narrow];
  const from = findLogits(who, layout, input, trials);
  const alsoHeld = response === 'multinomial' ? lastClass(layout, units, input, trials) : new Set<number>();
  const held = new Set([...layout.held, ...alsoHeld]);
  const isAllowed = allowed(layout);
  const variance = response === 'gaussian' ? varianceOf(who, data) : 1;
  const affine = general ? undefined : affineCase(layout, data, units, held, trials, response === 'gaussian');
  const density = (y: Float64Array) =>
    response === 'gaussian' ? gaussianDensity(y) : multinomialDensity(y, units);
  if (affine !== undefined) {
    const { source, coordinates, aliased, centre, scale, scores } = affine;
    const y =
      response === 'gaussian' ? data.response.map((value) => (value - centre) / scale) : data.response;
    return {
      layout,
      data,
      coordinates,
      source,
      aliased,
      density: density(y),
      logScale: response === 'gaussian' ? -data.totalWeight * Math.log(scale) : 0,
      linearOutputs: response === 'gaussian',
      selection: selectionOf(layout, data, coordinates, input, trials, scores),
      unitLogits: response === 'gaussian' ? coordinates.firstExpert : coordinates.size,
      logSigmaFloor: 0.5 * Math.log(options.minVariance * variance) - Math.log(scale),
      isAllowed: areFinite,
    };
  }
  const { places, ...plain } = plainCoordinates(layout, alsoHeld);
  const standard = standardUnits(shape, data, { isNumber: response === 'gaussian' });
  const { centre, scale } = standard.response;
  const coordinates = inOtherUnits(
    plain,
    (numbers) => layout.numbersOf(standard.toData(layout.measureAt(numbers))),
    (numbers) => layout.numbersOf(standard.fromData(layout.measureAt(numbers))),
  );
  return {
    layout,
    data,
    coordinates,
    source: jetsSource({
      layout,
      inputs: {
        gate: inUnits(data.inputs, standard.gate),
        expert: inUnits(data.inputs, standard.expert),
      },
      units,
      places,
      toNumbers: plain.toNumbers,
      from,
    }),
    density: density(
      data.response.map((value) => (response === 'gaussian' ? (value - centre) / scale : value)),
    ),
    aliased: [],
    logScale: -data.totalWeight * Math.log(scale),
    linearOutputs: false,
    unitLogits: 0,
    selection: selectionOf(layout, data, coordinates, input, trials),
    logSigmaFloor: 0.5 * Math.log(options.minVariance * variance) - Math.log(scale),
    fromStandard: (measure) => plain.fromNumbers(layout.numbersOf(measure)),
    isAllowed: (at) => areFinite(at) && isAllowed(plain.toNumbers(at)),
  };
}

function areFinite(at: Float64Array): boolean {
  return at.every((value) => Number.isFinite(value));
}

/** A measure with numbers from the initializers. */
export function drawnMeasure(shape: MeasureShape, seed: number, index = 0): MixingMeasure {
  const specs = measureSpecs(shape);
  const draw = (part: 'gate' | 'expert'): Numbers =>
    mapNames(specs[part], (spec, name) =>
      Array.from({ length: spec.copies }, (_, copy) => [
        ...initialValues(spec, stream(seed, 'initial', index, part, name, copy)),
      ]).flat(),
    );
  return { ...shape, gateParams: draw('gate'), expertParams: draw('expert') };
}

/** Two points in general position, inside the constraints: what is true at both is taken for true. */
function trialNumbers(layout: Layout, seed: number): Float64Array[] {
  return [1, 2].map((t) => {
    const random = stream(seed, 'trial', t);
    const start = layout.numbersOf(drawnMeasure(layout.shape, seed));
    return start.map((value, i) => {
      const { part, spec } = layout.entries[i]!;
      if (layout.held.has(i) || part === 'noise') return 0;
      const { min = -Infinity, max = Infinity } = spec?.constraint ?? {};
      const moved = spec?.constraint === undefined ? random.normal() : value * (1 + 0.3 * random.uniform());
      return Math.min(max, Math.max(min, moved));
    });
  });
}

function allowed({ entries }: Layout): (numbers: Float64Array) => boolean {
  const bounds = entries.flatMap(({ spec }, i) => {
    const { min = -Infinity, max = Infinity } = spec?.constraint ?? {};
    return spec?.constraint === undefined ? [] : [{ i, min, max }];
  });
  return (numbers) => bounds.every(({ i, min, max }) => numbers[i]! >= min && numbers[i]! <= max);
}

/**
 * Numbers that only the last class's output depends on, linearly: the logits of the classes share a shift, which holding
 * these takes away. None where the other classes have none like them.
 */
function lastClass(
  layout: Layout,
  units: number,
  input: readonly Float64Array[],
  [trial]: readonly Float64Array[],
): ReadonlySet<number> {
  const outputs = evaluateOutputs(layout, input, trial!, 2);
  const held = new Set<number>();
  const perExpert = outputs.entries.length / units;
  for (let e = 0; e < perExpert; e++) {
    const classes = outputs.entries.slice(e * units, (e + 1) * units);
    const own = classes.map(({ support, hessian }, c) =>
      support.filter((number, u) => {
        const shared = classes.some((other, d) => d !== c && other.support.includes(number));
        const curved = support.some((other, v) => {
          const isOwn = !classes.some((each, d) => d !== c && each.support.includes(other));
          const column = hessian[u >= v ? (u * (u + 1)) / 2 + v : (v * (v + 1)) / 2 + u];
          return (
            isOwn && column !== 0 && (typeof column === 'number' || column?.some((value) => value !== 0))
          );
        });
        return !shared && !curved;
      }),
    );
    const last = own.at(-1)!;
    if (own.every((numbers) => numbers.length === last.length)) for (const number of last) held.add(number);
  }
  return held;
}

/** The variance of the response. */
function varianceOf(who: string, { response, weights, totalWeight }: Columns): number {
  const first = response.find((_, i) => weights[i]! > 0)!;
  if (response.every((y, i) => y === first || weights[i] === 0)) {
    throw new MoeError(who, 'the response must not be constant, or the likelihood has no maximum', first);
  }
  const mean = response.reduce((sum, y, i) => sum + (weights[i]! * y) / totalWeight, 0);
  const variance = response.reduce((sum, y, i) => sum + (weights[i]! * (y - mean) ** 2) / totalWeight, 0);
  if (variance > 0 && Number.isFinite(variance)) return variance;
  throw new MoeError(
    who,
    'the variance of the response must be a positive number: change its unit',
    variance,
  );
}
