import type { SigmoidForm } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { firstDerivative, type Jet, jets, type Ring } from '@tfjs-moe/numerics';
import { type Atom, atomsOf, jetProduct } from '../mixture/atom.ts';
import { isDivided } from '../mixture/covered-form.ts';
import { freeFunctions, type Place } from '../mixture/free-functions.ts';
import { selectionMasks } from '../mixture/selection-masks.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';

/**
 * The Jacobian of a mixture under a sigmoid gate, atom by atom: $\partial_\theta(\sigma(z_e) h_e)$, and
 * $\sum_l\sigma(z_l)$ times $\partial_\theta(\sigma h) - f_G\,\partial_\theta\sigma$ where the weights are divided by
 * their sum. All functions share one positive factor, which ties no knots. Where experts are selected, sums are over the
 * selected ones, whose weights are divided by their sum, and the functions of an atom are 0 where it is not among them.
 */
export function sigmoidJacobian(of: MixingMeasure, form: SigmoidForm): LabelledFamily {
  const atoms = atomsOf(of, form);
  const free = freeFunctions(of, atoms);
  return {
    inputDim: of.inputDim,
    labels: free.map(({ label }) => label),
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const { derivative } = sigmoidParts(of, form, atoms, ring, x);
      return free.map(({ places }) => places.map(derivative).reduce(ring.add));
    },
  };
}

/** The parts of a mixture under a sigmoid gate at an input. */
export interface SigmoidParts<S> {
  /** The derivative of the mixture in a coordinate, times the common factor. */
  derivative(place: Place): S;
  /** $h_e - f_G$ times the common factor, or $h_e$; 0 where atom e is not selected. */
  shifted(e: number, h: S): S;
  /** A derivative of $h_e$ times the common factor; 0 where atom e is not selected. */
  scaled(e: number, derivative: S): S;
}

export function sigmoidParts<S>(
  of: MixingMeasure,
  form: SigmoidForm,
  atoms: readonly Atom[],
  ring: Ring<S>,
  x: readonly S[],
): SigmoidParts<S> {
  const algebra = jets(ring, 1);
  const masses = atoms.map((atom) => algebra.apply('sigmoid', atom.logit(ring, x, 1)));
  const products = atoms.map((atom, e) => jetProduct(ring, masses[e]!, atom.output(ring, x, 1), 1));
  const { selected } = selectionMasks(of, form, ring, x);
  const masked = (value: S, e: number) => (selected ? ring.dot([selected[e]!], [value]) : value);
  const sum = (jets: readonly Jet<S>[]) => jets.map(({ value }, e) => masked(value, e)).reduce(ring.add);
  const normalized = isDivided(form);
  const denominator = sum(masses);
  const minus = ring.sub(ring.constant(0), sum(products));
  return {
    derivative({ atom, index }) {
      const product = firstDerivative(ring, products[atom]!, index);
      if (!normalized) return masked(product, atom);
      const mass = firstDerivative(ring, masses[atom]!, index);
      return masked(ring.dot([denominator, minus], [product, mass]), atom);
    },
    shifted: (e, h) => masked(normalized ? ring.add(ring.dot([denominator], [h]), minus) : h, e),
    scaled: (e, derivative) => masked(normalized ? ring.dot([denominator], [derivative]) : derivative, e),
  };
}
