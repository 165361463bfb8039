/**
 * The curved family of softmax-like gates.
 *
 * With $D = \sum_l t_l e^{z_l}$ and $\psi_\theta = e^{z}(s h - t f_G)$, f_G held fixed,
 * $D'(f_{G'} - f_G) = \sum_i \psi_{\theta'_i}$ exactly, for any other atoms $\theta'_i$ with their masses in their biases:
 * the normaliser is in it. So $D\,\partial f_G/\partial\theta_j = \partial\psi_{\theta_j}$, and the second derivatives of
 * $\psi_{\theta_j}$ are what a split of atom j leaves behind. All functions are multiplied by D once more, which removes
 * the division in f_G. s and t are 1 but for selections.
 */
import type { MixingMeasure } from '@tfjs-moe/core';
import { firstDerivative, jets, type Ring } from '@tfjs-moe/numerics';
import { type Atom, atomsOf, jetProduct } from '../identifiability/atom.ts';
import type { CompetitiveForm } from '../identifiability/gate-form.ts';
import { gaugeOf } from '../identifiability/gauge.ts';
import { functionLabel } from '../identifiability/labels.ts';
import { selectionMasks } from '../identifiability/selection-masks.ts';
import type { FunctionLabel } from '../verdict/labelled-family.ts';
import { type CurvedFamily, ownBlock, secondDerivatives } from './curved-family.ts';

/** @param overSpecified atoms whose second derivatives are carried; none for a Jacobian alone */
export function competitiveFamily(
  of: MixingMeasure,
  form: CompetitiveForm,
  overSpecified: readonly number[],
): CurvedFamily {
  const atoms = atomsOf(of, form);
  const free = freeFunctions(of, atoms);
  const blocks = overSpecified.map((atom) => ownBlock(atoms[atom]!));
  const isOver = new Set(overSpecified);
  // Without a bias nothing among the free functions is the mass of an atom, which a split needs.
  const masses = form.useBias ? [] : overSpecified;
  return {
    inputDim: of.inputDim,
    labels: [...free.map(({ label }) => label), ...masses.map((e) => functionLabel([], [], 'psi', e))],
    blocks,
    evaluate<S>(ring: Ring<S>, x: readonly S[]) {
      const { selected, summed } = selectionMasks(of, form, ring, x);
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
        curved: blocks.map((block) => {
          const { product, mass } = parts[block.atom]!;
          const ofMass = secondDerivatives(ring, block, mass);
          return secondDerivatives(ring, block, product).map((value, i) =>
            combined(block.atom, value, ofMass[i]!),
          );
        }),
      };
    },
  };
}

/** A coordinate of an atom. */
interface Place {
  readonly atom: number;
  readonly index: number;
}

interface FreeFunction {
  readonly label: FunctionLabel;
  /** One, or one per atom where the parameter is shared. */
  readonly places: readonly Place[];
}

/** A function for every parameter that the gauge leaves free, in the order of the specifications. */
function freeFunctions(of: MixingMeasure, atoms: readonly Atom[]): FreeFunction[] {
  const fixed = new Set(gaugeOf(of.gate.config, of.experts).map(({ name, copy }) => `${name}#${copy}`));
  const coordinates = atoms[0]!.coordinates;
  const parameters = [...new Set(coordinates.map(({ part, parameter }) => `${part}/${parameter}`))];
  return parameters.flatMap((name) => {
    const indices = coordinates.flatMap((c, index) => (`${c.part}/${c.parameter}` === name ? [index] : []));
    const [{ isShared, part, parameter }] = [coordinates[indices[0]!]!];
    const named = (label: string) => functionLabel([], [label], 'f');
    if (isShared) {
      return indices.map((index) => ({
        label: named(coordinates[index]!.label),
        places: atoms.map((_, atom) => ({ atom, index })),
      }));
    }
    return atoms.flatMap((atom, e) =>
      part === 'gate' && fixed.has(`${parameter}#${e}`)
        ? []
        : indices.map((index) => ({
            label: { ...named(atom.coordinates[index]!.label), atom: e },
            places: [{ atom: e, index }],
          })),
    );
  });
}
