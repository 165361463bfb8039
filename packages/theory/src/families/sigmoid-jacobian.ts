import type { SigmoidForm } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { firstDerivative, type Jet, jets, type Ring } from '@tfjs-moe/numerics';
import { type Atom, atomsOf, jetProduct } from '../mixture/atom.ts';
import { freeFunctions, type Place } from '../mixture/free-functions.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';

/**
 * The Jacobian of a mixture under a sigmoid gate, atom by atom: $\partial_\theta(\sigma(z_e) h_e)$, and
 * $\sum_l\sigma(z_l)$ times $\partial_\theta(\sigma h) - f_G\,\partial_\theta\sigma$ where the weights are divided by
 * their sum. All functions share one positive factor, which ties no knots.
 */
export function sigmoidJacobian(of: MixingMeasure, form: SigmoidForm): LabelledFamily {
  const atoms = atomsOf(of, form);
  const free = freeFunctions(of, atoms);
  return {
    inputDim: of.inputDim,
    labels: free.map(({ label }) => label),
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const { derivative } = sigmoidParts(form, atoms, ring, x);
      return free.map(({ places }) => places.map(derivative).reduce(ring.add));
    },
  };
}

/** The parts of a mixture under a sigmoid gate at an input. */
export interface SigmoidParts<S> {
  /** The derivative of the mixture in a coordinate, times the common factor. */
  derivative(place: Place): S;
  /** $h - f_G$ times the common factor, or h. */
  shifted(h: S): S;
  /** A derivative of h times the common factor. */
  scaled(derivative: S): S;
}

export function sigmoidParts<S>(
  { normalized }: SigmoidForm,
  atoms: readonly Atom[],
  ring: Ring<S>,
  x: readonly S[],
): SigmoidParts<S> {
  const algebra = jets(ring, 1);
  const masses = atoms.map((atom) => algebra.apply('sigmoid', atom.logit(ring, x, 1)));
  const products = atoms.map((atom, e) => jetProduct(ring, masses[e]!, atom.output(ring, x, 1), 1));
  const of = (jet: Jet<S>) => jet.value;
  const denominator = masses.map(of).reduce(ring.add);
  const minus = ring.sub(ring.constant(0), products.map(of).reduce(ring.add));
  return {
    derivative({ atom, index }) {
      const product = firstDerivative(ring, products[atom]!, index);
      if (!normalized) return product;
      return ring.dot([denominator, minus], [product, firstDerivative(ring, masses[atom]!, index)]);
    },
    shifted: (h) => (normalized ? ring.add(ring.dot([denominator], [h]), minus) : h),
    scaled: (derivative) => (normalized ? ring.dot([denominator], [derivative]) : derivative),
  };
}
