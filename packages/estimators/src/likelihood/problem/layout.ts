import { type GateParamSpec, mapNames, type Numbers, paramSize } from '@tfjs-moe/core';
import {
  type Gauge,
  gateGauge,
  inGauge,
  type MeasureShape,
  type MixingMeasure,
  measureSpecs,
  mixingMeasure,
  placeOf,
} from '@tfjs-moe/measures';
import type { Dispersions } from './dispersions.ts';

/** One number of the list. */
export interface Entry {
  readonly part: 'gate' | 'expert' | 'noise';
  /** Name of the parameter; `log sigma` of a deviation. */
  readonly name: string;
  /** Which copy: the expert, or of a gate perhaps the group. */
  readonly copy: number;
  readonly copies: number;
  /** Place inside the copy, row by row. */
  readonly index: number;
  /** What the number is called in tables, where that does not follow from its place. */
  readonly label?: string;
  readonly spec?: GateParamSpec;
}

/**
 * Layout: every number that a fit estimates, in one list: the gate's, the experts', then $\log\sigma$.
 *
 * Numbers that training may not change stay out of it, and those that the gauge holds are in it but not free.
 */
export interface Layout {
  readonly shape: MeasureShape;
  readonly specs: ReturnType<typeof measureSpecs>;
  readonly entries: readonly Entry[];
  /** Where the experts' numbers begin, and where the noise does. */
  readonly firstExpert: number;
  readonly firstNoise: number;
  /** Whether the last expert says 0 and nothing else: its numbers are held. */
  readonly zeroExpert: boolean;
  /** 0 without noise, else 1 or the number of experts, less a zero expert. */
  readonly noises: number;
  /** Which of the dispersions is that of each expert, from 0; -1 of one that has none. */
  readonly dispersionOf: Int32Array;
  /** What the gate does not see of its numbers. */
  readonly gauge: Gauge;
  /** Numbers that the gauge holds, and those that have no part in evaluation. */
  readonly held: ReadonlySet<number>;
  /** The list with 0 everywhere but where the gauge holds a number elsewhere. */
  readonly atRest: Float64Array;
  /** The list at a measure, gauge applied. */
  numbersOf(measure: MixingMeasure): Float64Array;
  /** The measure at a list. */
  measureAt(numbers: ArrayLike<number>): MixingMeasure;
}

/**
 * @param fixed where numbers that are not estimated come from
 * @param dispersions which are estimated
 */
export function layoutOf(
  shape: MeasureShape,
  fixed: Omit<MixingMeasure, keyof MeasureShape>,
  dispersions: Dispersions,
  zeroExpert = false,
): Layout {
  const specs = measureSpecs(shape);
  const entriesOf = (part: 'gate' | 'expert'): Entry[] =>
    Object.entries(specs[part]).flatMap(([name, spec]) => {
      if (spec.trainable === false) return [];
      const size = paramSize(spec);
      return Array.from({ length: spec.copies * size }, (_, i) => ({
        part,
        name,
        copy: Math.floor(i / size),
        copies: spec.copies,
        index: i % size,
        spec,
      }));
    });
  const gate = entriesOf('gate');
  const expert = entriesOf('expert');
  const { copies, of: dispersionOf } = dispersions;
  const noise = dispersions.each.map(({ name, expert: copy }) => ({
    part: 'noise' as const,
    name: `log ${name}`,
    copy,
    copies,
    index: 0,
  }));
  const noises = noise.length;
  const entries: Entry[] = [...gate, ...expert, ...noise];
  const held = new Set<number>();
  const atRest = new Float64Array(entries.length);
  const gauge = gateGauge(shape.gate, shape.inputDim, shape.experts);
  const fixedCopies = gauge.freedoms.flatMap(({ fixed: copies }) => copies);
  gate.forEach(({ name, copy, index, spec }, i) => {
    const isFixed = fixedCopies.some((each) => each.name === name && each.copy === copy);
    if (!isFixed && !gauge.idle.includes(name)) return;
    held.add(i);
    atRest[i] = placeOf(spec!)[index]!;
  });
  const firstNoise = gate.length + expert.length;

  return {
    shape,
    specs,
    entries,
    firstExpert: gate.length,
    firstNoise,
    noises,
    dispersionOf,
    zeroExpert,
    gauge,
    held,
    atRest,
    numbersOf(measure) {
      mixingMeasure(measure);
      const list = (part: 'gate' | 'expert', numbers: Numbers) =>
        Object.entries(specs[part]).flatMap(([name, spec]) =>
          spec.trainable === false ? [] : numbers[name]!,
        );
      const deviations = measure.dispersions ?? [1];
      return Float64Array.from([
        ...list('gate', inGauge(gauge, specs.gate, measure.gateParams)),
        ...list('expert', measure.expertParams),
        ...noise.map(({ copy }) => Math.log(deviations[copy] ?? deviations[0]!)),
      ]);
    },
    measureAt(numbers) {
      let next = 0;
      const take = (part: 'gate' | 'expert', from: Numbers) =>
        mapNames(specs[part], (spec, name) =>
          spec.trainable === false
            ? from[name]!
            : Array.from({ length: spec.copies * paramSize(spec) }, () => numbers[next++]!),
        );
      const gateParams = take('gate', fixed.gateParams);
      const expertParams = take('expert', fixed.expertParams);
      const own = copies > 1 ? shape.experts : noises;
      const deviations = Array.from({ length: own }, (_, e) =>
        dispersionOf[e]! < 0 ? 1 : Math.exp(numbers[firstNoise + dispersionOf[e]!]!),
      );
      return {
        ...shape,
        gateParams,
        expertParams,
        ...(noises > 0 && { dispersions: deviations }),
      };
    },
  };
}
