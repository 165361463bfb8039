import { readGate, selects } from '@tfjs-moe/measures';
import type { Columns } from '../../../sample.ts';
import type { Coordinates } from '../coordinates.ts';
import { selectionAt } from '../evaluate-definition.ts';
import type { Layout } from '../layout.ts';
import type { Block, Part, Parts } from '../part.ts';
import { penaltyOf } from '../penalty/penalty.ts';
import type { PenaltyOptions } from '../penalty/penalty-options.ts';
import type { Problem } from '../problem.ts';
import { bestOf } from '../ranks.ts';
import type { Response } from '../response.ts';
import { selectionOf } from '../selection.ts';
import { affineCoordinates } from './affine-coordinates.ts';
import { type AffineDesign, designOf } from './affine-design.ts';
import { type AffineFunctions, affineFunctions, aliasedIn } from './affine-functions.ts';
import { affineSource } from './affine-source.ts';
import { orthonormalBasis } from './basis.ts';
import { ownersOf } from './shrunk-coordinates.ts';
import { standardisedBasis } from './standardised-basis.ts';

/**
 * The affine case: a gate whose law is a softmax of its logits, perhaps over a selection, whose logits, and experts whose
 * outputs, are linear in their parameters with the same columns for every expert, as linear routers and experts are.
 * Nothing elsewhere.
 *
 * The columns are computed once and made orthonormal, which scales and centres the inputs whatever their units; a column
 * that depends on those before it is left out, as R leaves it out of a linear model.
 *
 * @param held numbers that are not free
 * @param shrink the penalty, for which columns are standardised instead
 */
export function affineProblem(
  layout: Layout,
  data: Columns,
  response: Response,
  held: ReadonlySet<number>,
  shrink?: Required<PenaltyOptions>,
): Problem | undefined {
  const gate = designOf(layout, data, 'gate');
  const expert = gate && designOf(layout, data, 'expert');
  if (gate === undefined || expert === undefined) return undefined;
  const zero = layout.zeroExpert ? zeroIn(layout, expert) : undefined;
  if (layout.zeroExpert && zero === undefined) return undefined;
  const basisOf = shrink === undefined ? orthonormalBasis : standardisedBasis;
  const gateBasis = (shrink?.gate ? standardisedBasis : orthonormalBasis)(gate.columns, data.weights);
  const expertBasis = basisOf(expert.columns, data.weights);
  const functions = affineFunctions(
    { ...gate, basis: gateBasis },
    { ...expert, basis: expertBasis },
    new Set([...held, ...(zero?.held ?? [])]),
    zero?.constants,
  );
  if (functions === undefined) return undefined;
  const { family } = response;
  const one =
    family.isClass === true ? undefined : expertBasis.coefficientsOf(new Float64Array(data.n).fill(1));
  const units = response.units(one !== undefined);
  const coordinates = affineCoordinates(layout, functions, units, one);
  const { shape } = layout;
  const isByLogits = selects(shape) && readGate(shape.gate, shape.experts)?.order?.by.includes('logits');
  const masks = isByLogits ? masksByLogits(layout) : masksByGate(layout, data, coordinates);
  return {
    layout,
    data,
    coordinates,
    source: affineSource(
      data,
      functions.logits,
      functions.outputs,
      shape.units ?? 1,
      selects(shape) ? masks : undefined,
    ),
    aliased: aliasedIn(functions),
    family,
    law: response.law(units),
    onOutputScale: response.onOutputScale(units),
    logScale: response.logScale(units),
    expertColumns: expertBasis.columns,
    dispersionBounds: response.dispersionBounds(units),
    isLeastSquares: response.isLeastSquares && shrink === undefined,
    ...(shrink !== undefined && {
      penalty: penaltyOf(shrink, {
        owners: ownersOf(functions, coordinates.size, shrink.gate),
        coordinates,
        totalWeight: data.totalWeight,
        isLocationScale: response.isLocationScale,
      }),
    }),
    unitLogits: response.isLocationScale ? coordinates.firstExpert : coordinates.firstNoise,
    selection: selectionOf(layout, data, coordinates, isByLogits ? logitsAt(functions, data.n) : undefined),
    isAllowed: (at) => at.every((value) => Number.isFinite(value)),
  };
}

/** The output of a zero expert on the scale of logits and logarithms: a probability or a mean that is 0 in float64. */
const ZERO_OUTPUT = -1000;

/** Numbers of the last expert, held so that it says 0 whatever the inputs; nothing where the experts have no intercept. */
function zeroIn(
  { shape, atRest }: Layout,
  { columns, numbers }: AffineDesign,
): { readonly held: readonly number[]; readonly constants: ReadonlyMap<number, number> } | undefined {
  const intercept = columns.findIndex((column) => column.every((value) => value === 1));
  if (intercept < 0) return undefined;
  const held = numbers[shape.experts - 1]!;
  atRest[held[intercept]!] = ZERO_OUTPUT;
  return { held, constants: new Map([[held[intercept]!, ZERO_OUTPUT]]) };
}

type Masks = (block: Block, at: Float64Array, logits: readonly Part[]) => Parts['selected'];

function masksByLogits({ shape: { gate, experts } }: Layout): Masks {
  const k = gate.expertsPerToken(experts);
  return ({ rows }, _at, logits) =>
    bestOf(
      logits.map(({ value }) => value),
      k,
      rows,
    );
}

function masksByGate(layout: Layout, data: Columns, { toNumbers }: Coordinates): Masks {
  return ({ first, rows }, at) => {
    const input = data.inputs.map((column) => column.subarray(first, first + rows));
    return selectionAt(layout, input, toNumbers(at), rows).selected;
  };
}

/** The logits at all rows, or at some. */
function logitsAt(
  { logits }: AffineFunctions,
  n: number,
): (at: Float64Array, some?: readonly number[]) => Float64Array[] {
  return (at, some) =>
    logits.map(({ start, basis }) => {
      const values = new Float64Array(some?.length ?? n);
      if (start === undefined) return values;
      basis.columns.forEach((column, j) => {
        for (let i = 0; i < values.length; i++)
          values[i] = values[i]! + at[start + j]! * column[some === undefined ? i : some[i]!]!;
      });
      return values;
    });
}
