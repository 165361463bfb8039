import { type GateOps, MoeError } from '@tfjs-moe/core';
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
import type { Layout } from './layout.ts';
import type { LogitsFrom } from './logits-from.ts';
import { type Block, blocksOf, type Part, type Parts, type Source } from './part.ts';

type Value = Jet<Column>;

const ROWS = 1024;

export interface JetsOptions {
  readonly layout: Layout;
  /** Columns as the gate and as the experts see them. */
  readonly inputs: { readonly gate: readonly Float64Array[]; readonly expert: readonly Float64Array[] };
  /** Outputs of an expert. */
  readonly units: number;
  /** The coordinate of each number of the layout; below 0 where it is not free. */
  readonly places: Int32Array;
  /** The layout's numbers, in the units of the inputs. */
  readonly toNumbers: (at: Float64Array) => Float64Array;
  readonly from: LogitsFrom;
}

/**
 * Parts of any gate and expert with a definition over Ops, by jets over columns.
 *
 * Logits are wanted as logarithms of weights, up to one number per row, because weights underflow where experts are far
 * apart. Gates say them under one of two names or not at all; which one is true is found by comparing with the weights.
 */
export function jetsSource({ layout, inputs, units, places, toNumbers, from }: JetsOptions): Source {
  const { experts } = layout.shape;
  return {
    blocks: blocksOf(inputs.gate[0]!.length, ROWS),
    evaluate({ first, rows }: Block, at, order, everywhere = false): Parts {
      const cut = (columns: readonly Float64Array[]) =>
        columns.map((column) => column.subarray(first, first + rows));
      const numbers = toNumbers(at);
      const { logits, selected } = evaluateGate(layout, cut(inputs.gate), numbers, order, from);
      const outputs = evaluateOutputs(layout, cut(inputs.expert), numbers, order);
      const part = (jet: Value): Part => partOf(jet, rows, places, order);
      const masks = masksOf(selected, experts, rows);
      const own = each(logits, experts, 1).map(([jet]) => part(jet!));
      const fromWeights = from === 'weights';
      const reached = fromWeights ? own.map((logit, e) => withoutVanished(logit, masks[e])) : masks;
      return {
        logits: fromWeights ? own.map((logit, e) => withoutUnselected(logit, reached[e])) : own,
        selected: everywhere && !fromWeights ? masks.map(() => undefined) : reached,
        outputs: each(outputs, experts, units).map((unit) => unit.map(part)),
      };
    },
  };
}

/** Logits, selection, scores and weights at some inputs as grids of jets in the layout's numbers. */
export function evaluateGate(
  layout: Layout,
  input: readonly Column[],
  numbers: Float64Array,
  order: 0 | 1 | 2,
  from: LogitsFrom,
): { logits: Grid<Value>; selected: Grid<Value>; scores: Grid<Value>; weights: Grid<Value> } {
  const { shape, specs } = layout;
  const measure = layout.measureAt(numbers);
  const algebra = jets(columns, order);
  const full = gridOps(algebra);
  // A selection is a constant, and of the logits' own formula no softmax is a part: neither needs derivatives.
  const ops = from === 'weights' ? full : withoutDerivatives(full);
  const x = gridInput(input);
  const ring: Ring<Column> = columns;
  const routing = shape.gate.route(ops, x, gridParams(ring, specs.gate, measure.gateParams), {
    experts: shape.experts,
    training: false,
  });
  const logits =
    from === 'weights'
      ? { ...routing.weights, entries: routing.weights.entries.map((weight) => algebra.apply('log', weight)) }
      : routing[from];
  if (logits === undefined) throw new MoeError('fitMaximumLikelihood', `the gate has no ${from}`);
  return {
    logits,
    selected: routing.choices.reduce(ops.add),
    scores: routing.scores,
    weights: routing.weights,
  };
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

function masksOf(selected: Grid<Value>, experts: number, rows: number): Parts['selected'] {
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

/** The logarithm of a weight below this has derivatives that overflow: such an expert counts as not selected. */
const VANISHED = Math.log(1e-100);

function withoutVanished({ value }: Part, mask: Float64Array | undefined): Float64Array | undefined {
  if (mask === undefined && value.every((log) => log > VANISHED)) return undefined;
  return value.map((log, i) => (log > VANISHED && mask?.[i] !== 0 ? 1 : 0));
}

function withoutUnselected(part: Part, mask: Float64Array | undefined): Part {
  if (mask === undefined) return part;
  const kept = (column: Float64Array) => column.map((value, i) => (mask[i] === 0 ? 0 : value));
  const { value, support, gradient, hessian } = part;
  return {
    value: kept(value),
    support,
    gradient: gradient.map(kept),
    ...(hessian !== undefined && { hessian: hessian.map((column) => column && kept(column)) }),
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

function partOf(jet: Value, rows: number, places: Int32Array, order: 0 | 1 | 2): Part {
  const value = spreadColumn(jet.value, rows);
  const kept = jet.support.map((number, u) => [places[number]!, u] as const).filter(([place]) => place >= 0);
  if (order === 0 || kept.length === 0) return { value, support: [], gradient: [] };
  const support = kept.map(([place]) => place);
  const gradient = kept.map(([, u]) => spreadColumn(jet.gradient[u]!, rows));
  if (order === 1) return { value, support, gradient };
  const hessian = kept.flatMap(([, u], i) =>
    kept.slice(0, i + 1).map(([, v]) => {
      const column = jet.hessian[(u * (u + 1)) / 2 + v]!;
      return column === 0 ? undefined : spreadColumn(column, rows);
    }),
  );
  return hessian.every((column) => column === undefined)
    ? { value, support, gradient }
    : { value, support, gradient, hessian };
}
