import { spreadColumn } from '@tfjs-moe/numerics';
import {
  each,
  evaluateGate,
  evaluateOutputs,
  type LogWeightsFrom,
  masksOf,
  type Value,
} from './evaluate-definition.ts';
import type { Layout } from './layout.ts';
import { type Block, blocksOf, type Part, type Parts, type Source } from './part.ts';

const ROWS = 1024;

export interface JetsOptions {
  readonly layout: Layout;
  /** Columns as the gate and as the experts see them. */
  readonly inputs: { readonly gate: readonly Float64Array[]; readonly expert: readonly Float64Array[] };
  readonly groups?: Int32Array | undefined;
  /** Outputs of an expert. */
  readonly units: number;
  /** The coordinate of each number of the layout; below 0 where it is not free. */
  readonly places: Int32Array;
  /** The layout's numbers, in the units of the inputs. */
  readonly toNumbers: (at: Float64Array) => Float64Array;
  readonly from: LogWeightsFrom;
}

/**
 * Parts of any gate and expert with a definition over Ops, by jets over columns.
 *
 * Logits are wanted as logarithms of weights, up to one number per row, because weights underflow where experts are far
 * apart.
 */
export function jetsSource({ layout, inputs, groups, units, places, toNumbers, from }: JetsOptions): Source {
  const { experts } = layout.shape;
  return {
    blocks: blocksOf(inputs.gate[0]!.length, ROWS, groups),
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
