import type { MixingMeasure } from '@tfjs-moe/measures';
import { firstDerivative, type Ring, secondDerivative } from '@tfjs-moe/numerics';
import { expertJets } from '../mixture/atom-jets.ts';
import { functionLabel } from '../mixture/labels.ts';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';

/**
 * The set of Definition 1, strong identifiability, read literally: for every atom j
 * $\{x^\nu \partial^{|\gamma|} h / \partial\eta^\gamma (x, \eta_j) : 0 \le |\nu| + |\gamma| \le 2\}$.
 *
 * For gates whose logits are linear in x: softmax, sigmoid, hierarchical softmax. Every expert of an inner product
 * violates it for two or more inputs ($x_u \partial_{a_v} h = x_v \partial_{a_u} h$); look at the relations, not at the
 * verdict alone.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Definition 1.
 */
export function strongFamily(of: MixingMeasure): LabelledFamily {
  const atoms = Array.from({ length: of.experts }, (_, e) => expertJets(of, e));
  const inputs = Array.from({ length: of.inputDim }, (_, u) => u);
  const labels: FunctionLabel[] = atoms.flatMap(({ parameters }, j) => {
    const label = (factors: readonly number[], names: readonly string[]) =>
      functionLabel(
        factors.map((u) => `x_${u + 1}`),
        names,
        'h',
        j,
      );
    return [
      label([], []),
      ...inputs.map((u) => label([u], [])),
      ...parameters.map((name) => label([], [name])),
      ...inputs.flatMap((u) => inputs.slice(0, u + 1).map((w) => label([w, u], []))),
      ...inputs.flatMap((u) => parameters.map((name) => label([u], [name]))),
      ...parameters.flatMap((a, i) => parameters.slice(0, i + 1).map((b) => label([], [b, a]))),
    ];
  });
  return {
    inputDim: of.inputDim,
    labels,
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const times = (u: number, value: S) => ring.dot([x[u]!], [value]);
      return atoms.flatMap(({ parameters, jet: jetOf }) => {
        const jet = jetOf(ring, x);
        const first = parameters.map((_, i) => firstDerivative(ring, jet, i));
        const tilted = inputs.map((u) => times(u, jet.value));
        return [
          jet.value,
          ...tilted,
          ...first,
          ...inputs.flatMap((u) => inputs.slice(0, u + 1).map((w) => times(w, tilted[u]!))),
          ...inputs.flatMap((u) => first.map((value) => times(u, value))),
          ...parameters.flatMap((_, i) =>
            Array.from({ length: i + 1 }, (__, j) => secondDerivative(ring, jet, i, j)),
          ),
        ];
      });
    },
  };
}
