import { MoeError } from '@tfjs-moe/core';
import { gaussian, gaussianVectors, triangleSize } from '@tfjs-moe/measures';
import { type Columns, responsesOf } from '../../../sample.ts';
import { designOf } from '../affine/affine-design.ts';
import { type AffineFunctions, affineFunctions, aliasedIn } from '../affine/affine-functions.ts';
import { affineSource } from '../affine/affine-source.ts';
import { orthonormalBasis } from '../affine/basis.ts';
import type { Layout } from '../layout.ts';
import { mostRows, type Part, type Source } from '../part.ts';
import type { DispersionBounds, Problem } from '../problem.ts';
import { responseOf } from '../response.ts';
import { severalCoordinates } from './several-coordinates.ts';

const NO_BOUNDS: DispersionBounds = { low: -Infinity, high: Infinity };

/**
 * The problem of several Gaussian responses: every expert says the mean of each, linear in parameters with the same columns, and
 * their covariance. The covariance's `Innovations` are further outputs of the expert, the same at all rows, so that EM,
 * Newton and the information need to know nothing of it.
 *
 * @throws MoeError where gate or experts are not linear in what they learn, or a response does not vary
 */
export function severalProblem(who: string, layout: Layout, data: Columns, minVariance: number): Problem {
  const gate = designOf(layout, data, 'gate');
  const expert = gate && designOf(layout, data, 'expert');
  if (gate === undefined || expert === undefined) throw notLinear(who, layout);
  const expertBasis = orthonormalBasis(expert.columns, data.weights);
  const functions = affineFunctions(
    { ...gate, basis: orthonormalBasis(gate.columns, data.weights) },
    { ...expert, basis: expertBasis },
    layout.held,
  );
  if (functions === undefined) throw notLinear(who, layout);
  const family = gaussian();
  const one = expertBasis.coefficientsOf(new Float64Array(data.n).fill(1));
  const responses = responsesOf(data).map(({ values: response }) =>
    responseOf(who, { ...data, response }, family, {
      minVariance,
      classes: 1,
      experts: layout.shape.experts,
    }),
  );
  const units = responses.map((each) => each.units(one !== undefined));
  const scaled = responses.map((each, j) => each.onOutputScale(units[j]!));
  const coordinates = severalCoordinates(layout, functions, units, one);
  const q = responses.length;
  const bounds = responses.map((each, j) => each.dispersionBounds(units[j]!)[0]!);
  const innovationBounds = new Map(
    Array.from({ length: coordinates.size - functions.size }, (_, s) => s).flatMap((s) => {
      const own = bounds[s % triangleSize(q)];
      return own === undefined ? [] : [[functions.size + s, own] as const];
    }),
  );
  return {
    layout,
    data,
    coordinates,
    source: severalSource(data, functions, layout.shape.experts, q, coordinates.size),
    aliased: aliasedIn(functions),
    family,
    law: gaussianVectors(scaled),
    onOutputScale: scaled[0]!,
    moreOnOutputScale: scaled.slice(1),
    logScale: responses.reduce((sum, each, j) => sum + each.logScale(units[j]!), 0),
    expertColumns: expertBasis.columns,
    dispersionBounds: Array.from({ length: layout.shape.experts }, () => NO_BOUNDS),
    isLeastSquares: false,
    unitLogits: coordinates.firstExpert,
    innovationBounds,
    isAllowed: (at) => at.every((value) => Number.isFinite(value)),
  };
}

function notLinear(who: string, { shape }: Layout): MoeError {
  return new MoeError(
    who,
    'of several responses the experts must be linear in all that they learn, and the gate a softmax of logits that are so, without a selection',
    `${shape.gate.kind} gate, ${shape.expert.kind} experts`,
  );
}

/** Means that are affine, and behind them the numbers of the covariance, which are constants. */
function severalSource(
  data: Columns,
  { logits, outputs, size }: AffineFunctions,
  experts: number,
  q: number,
  end: number,
): Source {
  const means = affineSource(data, logits, outputs, q);
  const rows = mostRows(means.blocks);
  const gradient = [new Float64Array(rows).fill(1)];
  const constants = Array.from({ length: end - size }, (_, s): Part => {
    return { value: new Float64Array(rows), support: [size + s], gradient };
  });
  const own = triangleSize(q);
  const ofExpert = Array.from({ length: experts }, (_, e) =>
    constants.length === own ? constants : constants.slice(e * own, (e + 1) * own),
  );
  return {
    blocks: means.blocks,
    evaluate(block, at, order, everywhere) {
      const parts = means.evaluate(block, at, order, everywhere);
      constants.forEach(({ value }, s) => {
        value.fill(at[size + s]!);
      });
      return { ...parts, outputs: parts.outputs.map((each, e) => [...each, ...ofExpert[e]!]) };
    },
  };
}
