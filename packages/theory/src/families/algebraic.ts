import type { ScoredForm } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { firstDerivative, type Ring, secondDerivative } from '@tfjs-moe/numerics';
import { expertJets, routerJets } from '../mixture/atom-jets.ts';
import { functionLabel } from '../mixture/labels.ts';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';

/**
 * The set of Definition 2, algebraic independence of a router $\pi$ and an expert h, read literally: for every atom
 * $h, \pi h, \partial_u\pi\, h, \partial_v h, \pi^2 h, \pi\,\partial_u\pi\, h, \partial_u\pi\,\partial_{u'}\pi\, h,
 * \partial^2_{uu'}\pi\, h, \pi\,\partial_v h, \partial_u\pi\,\partial_v h, \partial^2_{vv'} h$.
 *
 * For temperature gates, whose parameter $\tau$ multiplies $\pi$.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Definition 2.
 */
export function algebraicFamily(
  of: MixingMeasure,
  logits: Pick<ScoredForm, 'router' | 'path'>,
): LabelledFamily {
  const atoms = Array.from({ length: of.experts }, (_, e) => ({
    router: routerJets(of, logits, e),
    expert: expertJets(of, e),
  }));
  const labels: FunctionLabel[] = atoms.flatMap(({ router, expert }, j) => {
    const label = (factors: readonly string[], names: readonly string[] = []) =>
      functionLabel(factors, names, 'h', j);
    const slopes = router.parameters.map((name) => `(d_${name} pi)`);
    return [
      label([]),
      label(['pi']),
      ...slopes.map((slope) => label([slope])),
      ...expert.parameters.map((name) => label([], [name])),
      label(['pi', 'pi']),
      ...slopes.map((slope) => label(['pi', slope])),
      ...pairs(slopes, (a, b) => label([b, a])),
      ...pairs(router.parameters, (a, b) => ({ ...label([`(d_${b} d_${a} pi)`]), order: 2 })),
      ...expert.parameters.map((name) => label(['pi'], [name])),
      ...slopes.flatMap((slope) => expert.parameters.map((name) => label([slope], [name]))),
      ...pairs(expert.parameters, (a, b) => label([], [b, a])),
    ];
  });
  return {
    inputDim: of.inputDim,
    labels,
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const times = (a: S, b: S) => ring.dot([a], [b]);
      return atoms.flatMap(({ router, expert }) => {
        const pi = router.jet(ring, x);
        const h = expert.jet(ring, x);
        const slopes = router.parameters.map((_, u) => firstDerivative(ring, pi, u));
        const first = expert.parameters.map((_, v) => firstDerivative(ring, h, v));
        const tilted = times(pi.value, h.value);
        const sloped = slopes.map((slope) => times(slope, h.value));
        return [
          h.value,
          tilted,
          ...sloped,
          ...first,
          times(pi.value, tilted),
          ...sloped.map((value) => times(pi.value, value)),
          ...pairs(slopes, (_, b, i) => times(b, sloped[i]!)),
          ...pairs(slopes, (_, __, i, j) => times(secondDerivative(ring, pi, i, j), h.value)),
          ...first.map((value) => times(pi.value, value)),
          ...slopes.flatMap((slope) => first.map((value) => times(slope, value))),
          ...pairs(first, (_, __, i, j) => secondDerivative(ring, h, i, j)),
        ];
      });
    },
  };
}

/** Something for every unordered pair, the lower triangle row by row. */
function pairs<A, B>(of: readonly A[], make: (a: A, b: A, i: number, j: number) => B): B[] {
  return of.flatMap((a, i) => of.slice(0, i + 1).map((b, j) => make(a, b, i, j)));
}
