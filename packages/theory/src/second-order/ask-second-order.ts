/**
 * The second-order verdict of a mixture, whatever its gate: finds the form in which the criterion is decided, and says
 * in notes what was fixed on the way.
 */
import type { MixingMeasure } from '@tfjs-moe/core';
import { gateForm } from '../identifiability/gate-form.ts';
import type { Dependent, Inconclusive, Verdict } from '../verdict/verdict.ts';
import { type CriterionOptions, competitiveCriterion } from './second-order.ts';
import type {
  SecondOrderDependent,
  SecondOrderIndependent,
  SecondOrderVerdict,
} from './second-order-verdict.ts';

/** @param firstOrder the verdict on the Jacobian, which the criterion contains */
export function askSecondOrder(
  of: MixingMeasure,
  overSpecified: readonly number[],
  firstOrder: Verdict,
  options: CriterionOptions,
): SecondOrderVerdict {
  const notes: string[] = [];
  const answer = answerOf(of, overSpecified, firstOrder, options, notes);
  return { ...answer, criterion: 'positive semidefinite', overSpecified, notes };
}

type Answer = SecondOrderDependent | SecondOrderIndependent | Inconclusive;

function answerOf(
  of: MixingMeasure,
  overSpecified: readonly number[],
  firstOrder: Verdict,
  options: CriterionOptions,
  notes: string[],
): Answer {
  const form = gateForm(of.gate);
  if (form?.kind !== 'competitive') return notCovered(of);
  if (overSpecified.length === of.experts) {
    notes.push(
      'every atom is over-specified, so none fixes the gauge: twice the true number of atoms allows a common tilt (K5)',
    );
  }
  if (!form.useBias) {
    notes.push('the gate has no bias: an atom that is split needs masses of its own, which are assumed here');
  }
  if (form.selection) {
    notes.push(
      'asked with the selection held fixed near each input, and all copies of an atom selected with it',
    );
  }
  if (firstOrder.verdict === 'dependent' && overSpecified.length < of.experts) {
    return { verdict: 'dependent', direction: firstOrderDirection(firstOrder) };
  }
  return competitiveCriterion(of, form, overSpecified, options);
}

function firstOrderDirection({ relations }: Dependent): SecondOrderDependent['direction'] {
  const [relation] = relations;
  return {
    name: 'first order: the Jacobian is dependent',
    text: relation!.text,
    latex: relation!.latex,
    order: 1,
    proof: relation!.proof,
    atoms: [],
    vector: {},
  };
}

const notCovered = ({ gate }: MixingMeasure): Inconclusive => ({
  verdict: 'inconclusive',
  bits: 0,
  raise: `nothing: over-fitted atoms under the gate ${gate.kind} with these options are not covered`,
});
