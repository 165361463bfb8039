/**
 * The curved family of softmax-like gates.
 *
 * With $D = \sum_l t_l e^{z_l}$ and $\psi_\theta = e^{z}(s h - t f_G)$, f_G held fixed,
 * $D'(f_{G'} - f_G) = \sum_i \psi_{\theta'_i}$ exactly, for any other atoms $\theta'_i$ with their masses in their biases:
 * the normaliser is in it. So $D\,\partial f_G/\partial\theta_j = \partial\psi_{\theta_j}$, and the second derivatives of
 * $\psi_{\theta_j}$ are what a split of atom j leaves behind. All functions are multiplied by D once more, which removes
 * the division in f_G. s and t are 1 but for selections.
 */
import type { CompetitiveForm } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { firstDerivative, jets, type Ring } from '@tfjs-moe/numerics';
import { type Atom, atomsOf, hasMass, jetProduct } from '../mixture/atom.ts';
import { selectsSome } from '../mixture/covered-form.ts';
import { type FreeFunction, freeFunctions, type Place } from '../mixture/free-functions.ts';
import { functionLabel } from '../mixture/labels.ts';
import { type SelectionMasks, selectionMasks } from '../mixture/selection-masks.ts';
import { type CurvedFamily, ownBlock, secondDerivatives } from './curved-family.ts';

/** @param overSpecified atoms whose second derivatives are carried; none for a Jacobian alone */
export function competitiveFamily(
  of: MixingMeasure,
  form: CompetitiveForm,
  overSpecified: readonly number[],
): CurvedFamily {
  const atoms = atomsOf(of, form);
  const family = atomFamily({
    inputDim: of.inputDim,
    atoms,
    free: freeFunctions(of, atoms),
    overSpecified,
    // Without a bias nothing among the free functions is the mass of an atom, which a split needs.
    masses: overSpecified.filter((e) => !hasMass(atoms[e]!)),
    masksAt: (ring, x) => selectionMasks(of, form, ring, x),
  });
  return { ...family, selects: selectsSome(form, of.experts) };
}

/** The atoms of a mixture, or of one group of a hierarchical one. */
export interface AtomFamilyOptions {
  readonly inputDim: number;
  readonly atoms: readonly Atom[];
  readonly free: readonly FreeFunction[];
  /** Positions in `atoms`. */
  readonly overSpecified: readonly number[];
  /** Positions of atoms whose mass is a free function of its own. */
  readonly masses: readonly number[];
  masksAt<S>(ring: Ring<S>, x: readonly S[]): SelectionMasks<S>;
}

export function atomFamily(options: AtomFamilyOptions): CurvedFamily {
  const { inputDim, atoms, free, overSpecified, masses, masksAt } = options;
  const blocks = overSpecified.map((position) => ownBlock(atoms[position]!));
  const isOver = new Set(overSpecified);
  return {
    inputDim,
    labels: [
      ...free.map(({ label }) => label),
      ...masses.map((e) => functionLabel([], [], 'psi', atoms[e]!.index)),
    ],
    blocks,
    evaluate<S>(ring: Ring<S>, x: readonly S[]) {
      const { selected, summed } = masksAt(ring, x);
      const parts = atoms.map((atom, e) => {
        const order = isOver.has(e) ? 2 : 1;
        const mass = jets(ring, order).apply('exp', atom.logit(ring, x, order));
        return { mass, product: jetProduct(ring, mass, atom.output(ring, x, order), order) };
      });
      const ones = parts.map(() => ring.constant(1));
      const denominator = ring.dot(
        summed ?? ones,
        parts.map(({ mass }) => mass.value),
      );
      const numerator = ring.dot(
        selected ?? ones,
        parts.map(({ product }) => product.value),
      );
      const minus = ring.sub(ring.constant(0), numerator);
      const masked = (value: S, mask: readonly S[] | undefined, e: number) =>
        mask ? ring.dot([value], [mask[e]!]) : value;
      const factors = parts.map(
        (_, e) => [masked(denominator, selected, e), masked(minus, summed, e)] as const,
      );
      /** $D^2$ times a derivative of psi, from those of $e^z h$ and $e^z$. */
      const combined = (e: number, product: S, mass: S) =>
        ring.isZero(mass) ? ring.dot([factors[e]![0]], [product]) : ring.dot(factors[e]!, [product, mass]);
      const first = ({ atom, index }: Place) => {
        const { product, mass } = parts[atom]!;
        return combined(atom, firstDerivative(ring, product, index), firstDerivative(ring, mass, index));
      };
      return {
        free: [
          ...free.map(({ places }) => places.map(first).reduce(ring.add)),
          ...masses.map((e) => combined(e, parts[e]!.product.value, parts[e]!.mass.value)),
        ],
        curved: blocks.map((block, b) => {
          const position = overSpecified[b]!;
          const { product, mass } = parts[position]!;
          const ofMass = secondDerivatives(ring, block, mass);
          return secondDerivatives(ring, block, product).map((value, i) =>
            combined(position, value, ofMass[i]!),
          );
        }),
      };
    },
  };
}
