import { type GateOps, MoeError } from '@tfjs-moe/core';
import { gateTraits, type LogWeightsName } from '@tfjs-moe/measures';
import {
  type Column,
  columns,
  type Grid,
  gridInput,
  gridOps,
  gridParams,
  type Jet,
  jets,
  type Ring,
  spreadColumn,
} from '@tfjs-moe/numerics';
import { logWeightsOfForm } from './form-log-weights.ts';
import type { Layout } from './layout.ts';
import type { Parts } from './part.ts';

/**
 * Where the logarithms of a gate's weights come from: from its routing under one of two names, from its form, or, where
 * neither has them, from the weights themselves, which underflow where experts are far apart.
 */
export type LogWeightsFrom = LogWeightsName | 'form' | 'weights';

/** A number with its derivatives, at many rows. */
export type Value = Jet<Column>;

/** Logits, selection, scores and weights at some inputs as grids of jets in the layout's numbers. */
export function evaluateGate(
  layout: Layout,
  input: readonly Column[],
  numbers: Float64Array,
  order: 0 | 1 | 2,
  from: LogWeightsFrom,
): { logits: Grid<Value>; selected: Grid<Value>; scores: Grid<Value>; weights: Grid<Value> } {
  const { shape, specs } = layout;
  const measure = layout.measureAt(numbers);
  const algebra = jets(columns, order);
  const full = gridOps(algebra);
  // A selection is a constant, and of the logits' own formula no softmax is a part: neither needs derivatives.
  const ops = from === 'weights' ? full : withoutDerivatives(full);
  const x = gridInput(input);
  const ring: Ring<Column> = columns;
  const p = gridParams(ring, specs.gate, measure.gateParams);
  const routing = shape.gate.route(ops, x, p, { experts: shape.experts, training: false });
  return {
    logits: logWeights(),
    selected: routing.choices.reduce(ops.add),
    scores: routing.scores,
    weights: routing.weights,
  };

  function logWeights(): Grid<Value> {
    if (from === 'weights') {
      const { weights } = routing;
      return { ...weights, entries: weights.entries.map((weight) => algebra.apply('log', weight)) };
    }
    const { form } = gateTraits(shape.gate, shape.experts);
    const logs = from === 'form' ? form && logWeightsOfForm(form, full, x, p) : routing[from];
    if (logs === undefined) throw new MoeError('fitMaximumLikelihood', `the gate has no ${from}`);
    return logs;
  }
}

/** Which experts the gate selects at some inputs, by which scores, and its logits. */
export function selectionAt(
  layout: Layout,
  input: readonly Column[],
  numbers: Float64Array,
  rows: number,
): { selected: Parts['selected']; scores: Float64Array[]; logits: Float64Array[] } {
  const { experts } = layout.shape;
  const { selected, scores, logits } = evaluateGate(layout, input, numbers, 0, 'logits');
  const spread = (grid: Grid<Value>) => each(grid, experts, 1).map(([jet]) => spreadColumn(jet!.value, rows));
  return { selected: masksOf(selected, experts, rows), scores: spread(scores), logits: spread(logits) };
}

/** The masks of a selection; nothing where an expert is selected everywhere. */
export function masksOf(selected: Grid<Value>, experts: number, rows: number): Parts['selected'] {
  return each(selected, experts, 1).map(([jet]) => {
    const column = jet!.value;
    if (column === 1) return undefined;
    const isAll = typeof column !== 'number' && column.every((value) => value === 1);
    return isAll ? undefined : spreadColumn(column, rows);
  });
}

/** The experts' outputs alone. */
export function evaluateOutputs(
  { shape, specs, firstExpert, measureAt }: Layout,
  input: readonly Column[],
  numbers: Float64Array,
  order: 0 | 1 | 2,
): Grid<Value> {
  const ring: Ring<Column> = columns;
  const p = gridParams(ring, specs.expert, measureAt(numbers).expertParams, firstExpert);
  return shape.expert.apply(gridOps(jets(columns, order)), gridInput(input), p);
}

function withoutDerivatives(ops: GateOps<Grid<Value>>): GateOps<Grid<Value>> {
  return {
    ...ops,
    softmax: (logits) => ops.softmax(ops.stopGradient(logits)),
    topK: (scores, k) => ops.topK(ops.stopGradient(scores), k),
    within: (groups) => withoutDerivatives(ops.within(groups)),
  };
}

/** Every entry of a grid whose axes may have length 1. */
export function each(grid: Grid<Value>, experts: number, features: number): Value[][] {
  return Array.from({ length: experts }, (_, e) =>
    Array.from({ length: features }, (_, f) => {
      const expert = grid.experts === 1 ? 0 : e;
      return grid.entries[expert * grid.features + (grid.features === 1 ? 0 : f)]!;
    }),
  );
}
