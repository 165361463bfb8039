import type { GateOps } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import {
  type Column,
  columns,
  columnsOf,
  type Grid,
  gridInput,
  gridOps,
  gridParams,
  type Jet,
  jets,
} from '@tfjs-moe/numerics';

/** Constants of at most this size are easily mistaken for guards. */
const SMALL = 1e-9;
/** Constants of at most this size are less than the rounding of a sum of numbers near 1. */
const ROUNDING = 2 ** -50;
/** What guards are made to see whether they are felt: as large as an input. */
const FELT = 0.5;

/**
 * What a reader must know of the smallest constants of a definition: guards, which are read as 0, and others, which are not.
 */
export function constantNotes(of: MixingMeasure): string[] {
  const guards = new Set<number>();
  const constants = new Set<number>();
  const output = (made: number) =>
    outputOf(of, (ops) => ({
      constant(value) {
        constants.add(value);
        return ops.constant(value);
      },
      guard(value) {
        guards.add(value);
        return ops.constant(made);
      },
    }));
  const isFelt = output(0) !== output(FELT);
  const small = [...constants].filter((value) => value !== 0 && Math.abs(value) <= SMALL);
  const [rounded, others] = [true, false].map((isRounding) =>
    small.filter((value) => Math.abs(value) <= ROUNDING === isRounding),
  ) as [number[], number[]];
  return [
    ...(isFelt
      ? [`read as 0, for they keep floating point finite: the guards ${[...guards].join(', ')}`]
      : []),
    ...(others.length > 0
      ? [
          `the constants ${others.join(', ')} are read as they stand; where one keeps floating point finite and is no part of the model, write guard(ops, ${others[0]})`,
        ]
      : []),
    ...(rounded.length > 0
      ? [
          `the constants ${rounded.join(', ')} are read as they stand; they are as small as what rounding leaves of a sum that is 0, such as 0.1 + 0.2 - 0.3`,
        ]
      : []),
  ];
}

type Watched<V> = Pick<GateOps<V>, 'constant' | 'guard'>;

/** What a mixture computes at one input, in text, with some operations watched. */
function outputOf(
  of: MixingMeasure,
  watch: (ops: GateOps<Grid<Jet<Column>>>) => Watched<Grid<Jet<Column>>>,
): string {
  const watched = <O extends GateOps<Grid<Jet<Column>>>>(ops: O): O => ({
    ...ops,
    ...watch(ops),
    within: (groups: number) => watched(ops.within(groups)),
  });
  const ops = watched(gridOps(jets<Column>(columns, 0)));
  const x = gridInput(columnsOf([Array.from({ length: of.inputDim }, (_, u) => (u + 1) / 8)]));
  const specs = measureSpecs(of);
  const p = gridParams(columns, specs.expert, of.expertParams);
  const context = { experts: of.experts, training: false } as const;
  const { weights } = of.gate.route(ops, x, gridParams(columns, specs.gate, of.gateParams), context);
  const { entries } = ops.mul(weights, of.expert.apply(ops, x, p));
  return JSON.stringify(entries.map(({ value }) => (typeof value === 'number' ? value : value[0])));
}
