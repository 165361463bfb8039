import type { MixingMeasure } from '@tfjs-moe/measures';
import { firstDerivative, type Ring } from '@tfjs-moe/numerics';
import { expertJets } from '../mixture/atom-jets.ts';
import { functionLabel } from '../mixture/labels.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';

/**
 * The set of weak identifiability as printed, for sigmoid gates in regime 2: $\{\partial_v h(x, \eta_i)\}$ pooled over
 * the atoms.
 *
 * For linear, polynomial and constant experts it is dependent as soon as there are two atoms, which have the same
 * derivatives. In regression the gates tell them apart: what is needed is the Jacobian of the mixture.
 *
 * Source: Nguyen, Ho and Rinaldo (2024), arXiv:2405.13997, with the definition as in arXiv:2505.10860, Definition 2.
 */
export function weakFamily(of: MixingMeasure): LabelledFamily {
  const atoms = Array.from({ length: of.experts }, (_, e) => expertJets(of, e));
  return {
    inputDim: of.inputDim,
    labels: atoms.flatMap(({ parameters }, e) => parameters.map((name) => functionLabel([], [name], 'h', e))),
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      return atoms.flatMap(({ parameters, jet }) => {
        const output = jet(ring, x);
        return parameters.map((_, v) => firstDerivative(ring, output, v));
      });
    },
  };
}
