import { MoeError, type ScoredForm } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { gridInput, gridParams, type Ring } from '@tfjs-moe/numerics';
import { idealOps } from './ideal-ops.ts';

export interface SelectionMasks<S> {
  /** Nothing where all experts are selected. */
  readonly selected?: readonly S[];
  /** Nothing where all experts are in the denominator. */
  readonly summed?: readonly S[];
}

/**
 * The masks of a gate that selects: which experts get a token, and which are in the denominator.
 *
 * Near almost every input the selection does not change, so derivatives are taken with the selection held fixed, region
 * by region. Arithmetics without an order get a free symbol per expert instead: an equation that holds for any values of
 * the symbols holds in every region. A symbol is the logarithm of a negative number, which no definition contains.
 */
export function selectionMasks<S>(
  of: MixingMeasure,
  { selection }: ScoredForm,
  ring: Ring<S>,
  x: readonly S[],
): SelectionMasks<S> {
  if (selection === undefined || selection.k >= of.experts) return {};
  const selected = hasOrder(ring)
    ? selectedAt(of, ring, x)
    : Array.from({ length: of.experts }, (_, e) => ring.derivatives('log', ring.constant(-(e + 1)), 0)[0]!);
  return { selected, ...(selection.renormalized && { summed: selected }) };
}

function selectedAt<S>(of: MixingMeasure, ring: Ring<S>, x: readonly S[]): S[] {
  const ops = idealOps(ring, 0);
  const p = gridParams(ring, measureSpecs(of).gate, of.gateParams);
  const { choices } = of.gate.route(ops, gridInput(x), p, { experts: of.experts, training: false });
  const union = choices.reduce((all, choice) => ops.add(all, choice));
  return Array.from({ length: of.experts }, (_, e) => union.entries[union.experts === 1 ? 0 : e]!.value);
}

/** Formal expressions and prime fields have none. */
function hasOrder<S>(ring: Ring<S>): boolean {
  try {
    ring.greater(ring.constant(1), ring.constant(0));
    return true;
  } catch (error) {
    if (error instanceof MoeError) return false;
    throw error;
  }
}
