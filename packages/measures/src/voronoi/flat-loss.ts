import type { MixingMeasure } from '../measure/mixing-measure.ts';
import { applyAlignment, type GateNumbers } from './aligned-gate.ts';
import { align } from './alignment.ts';
import { softmaxAtoms } from './atoms.ts';
import { expertTerms } from './expert-terms.ts';
import type { FlatFamily, FormPair } from './family.ts';
import type { LossTerms } from './loss-names.ts';
import { softmaxLevel } from './softmax-level.ts';
import { type GaugeChoice, softmaxProblem } from './softmax-problem.ts';

/** A loss, the cells at it, and the numbers of the gate in the gauge that attains it. */
export interface FoundLoss {
  readonly value: number;
  readonly cells: readonly (readonly number[])[];
  readonly gateParams: GateNumbers;
  /** Whether the masses vanish at the infimum. */
  readonly isSaturated: boolean;
}

/**
 * The losses of one softmax over all atoms: plain, with a temperature, or before a top-K selection.
 */
export function flatLoss(
  fitted: MixingMeasure,
  truth: MixingMeasure,
  forms: FormPair<FlatFamily>,
  terms: LossTerms,
  choice: GaugeChoice,
): FoundLoss {
  const copies = {
    fitted: { first: 0, count: fitted.experts },
    truth: { first: 0, count: truth.experts },
  };
  const level = softmaxLevel(fitted, forms.fitted.form);
  const atoms = softmaxAtoms(fitted, level, copies.fitted);
  const betweenExperts = expertTerms(fitted, truth, terms, copies);
  const found = align(
    softmaxProblem(atoms, softmaxAtoms(truth, softmaxLevel(truth, forms.truth.form), copies.truth), {
      ...choice,
      terms,
      // Of the true atoms only K are seen at a time; the loss is that of the worst K.
      counted: forms.truth.form.selection?.k ?? truth.experts,
      others: betweenExperts,
    }),
  );
  const gateParams = copied(fitted);
  applyAlignment(gateParams, level, copies.fitted, atoms, found);
  return {
    value: found.value,
    cells: found.cells,
    gateParams,
    isSaturated: found.logFactor === -Infinity,
  };
}

/** A measure's gate parameters, to be changed. */
export function copied({ gateParams }: MixingMeasure): GateNumbers {
  return Object.fromEntries(Object.entries(gateParams).map(([name, numbers]) => [name, [...numbers]]));
}
