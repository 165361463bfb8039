import type { MixingMeasure } from '@tfjs-moe/measures';
import { ownBlock } from '../families/curved-family.ts';
import { atomsOf, hasMass } from '../mixture/atom.ts';
import { coveredForm, lastLevel, softmaxOf, type TreeLevel } from '../mixture/covered-form.ts';
import { tiedWith, tiesOf } from '../mixture/ties.ts';
import type { Inconclusive, Verdict } from '../verdict/verdict.ts';
import { competitiveCriterion } from './competitive-criterion.ts';
import type { Answer, CriterionOptions } from './criterion.ts';
import { hierarchicalCriterion } from './hierarchical-criterion.ts';
import { firstOrderDirection } from './null-direction.ts';
import type { SecondOrderVerdict } from './second-order-verdict.ts';
import { sigmoidCriterion } from './sigmoid-criterion.ts';

/**
 * The second-order verdict of a mixture, whatever its gate: finds the form in which the criterion is decided, and says
 * in notes what was fixed on the way.
 *
 * @param firstOrder the verdict on the Jacobian, which the criterion contains
 */
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

function answerOf(
  of: MixingMeasure,
  overSpecified: readonly number[],
  firstOrder: Verdict,
  options: CriterionOptions,
  notes: string[],
): Answer {
  const form = coveredForm(of.gate, of.experts);
  if (form === undefined) return notCovered(of);
  if (form.type === 'sigmoid') {
    notes.push(
      'regime 1: an atom behind a sigmoid can be split only where its gate does not depend on the input, so the routers of over-specified atoms are asked at 0; regime 2 is the question of weak identifiability',
    );
    if (form.selection) notes.push(FIXED_SELECTION);
  } else if (form.type === 'hierarchical') {
    notes.push('over-specified within their groups; the number of groups is taken as known');
    if (isTilted(lastLevel(form, of.experts), overSpecified)) notes.push(`in a group ${TILT}`);
  } else if (overSpecified.length === of.experts) notes.push(TILT);
  const level = form.type === 'hierarchical' ? lastLevel(form, of.experts).form : form;
  const atoms = atomsOf(of, level);
  const settled = overSpecified.find((e) => ownBlock(atoms[e]!).indices.length === 0);
  if (settled !== undefined) return nothingOpen(settled);
  const bound = overSpecified.find((e) => isMassBound(of, level.bias, e));
  if (bound !== undefined) return massBound(bound);
  if (form.type === 'sigmoid') return sigmoidCriterion(of, form, overSpecified, options);
  if (level.bias === undefined) {
    notes.push('the gate has no bias: an atom that is split needs masses of its own, which are assumed here');
  } else if (overSpecified.some((e) => !hasMass(atoms[e]!))) {
    const how = tiesOf(of).size > 0 ? 'known or tied' : 'known';
    notes.push(`masses are ${how}: an atom that is split needs masses of its own, which are assumed here`);
  }
  if (form.type === 'competitive' && form.selection) {
    notes.push(FIXED_SELECTION);
  }
  if (firstOrder.verdict === 'dependent' && overSpecified.length < of.experts) {
    return { verdict: 'dependent', direction: firstOrderDirection(firstOrder.relations[0]!) };
  }
  return form.type === 'competitive'
    ? competitiveCriterion(of, form, overSpecified, options)
    : hierarchicalCriterion(of, form, overSpecified, options);
}

const FIXED_SELECTION =
  'asked with the selection held fixed near each input, and all copies of an atom selected with it';

const TILT =
  'no atom is fitted exactly, so nothing fixes the gauge: with twice the true number of atoms a common tilt leaves no trace (K5), for every expert under a linear router';

/** Whether some group has no atom that is fitted exactly. */
function isTilted(level: TreeLevel, overSpecified: readonly number[]): boolean {
  return overSpecified.some((over) => {
    const { first, count } = softmaxOf(level, over);
    return Array.from({ length: count }, (_, m) => first + m).every((e) => overSpecified.includes(e));
  });
}

const nothingOpen = (atom: number): Inconclusive => ({
  verdict: 'inconclusive',
  bits: 0,
  raise: `nothing: atom ${atom + 1} has no parameter of its own that is not known, so that it cannot come apart; over-specify others`,
});

/** Whether the mass of an atom is tied to a number that is no mass. */
function isMassBound(of: MixingMeasure, bias: string | undefined, atom: number): boolean {
  const isMass = (label: string) => label.startsWith(`gate/${bias}[`);
  const own = of.experts > 1 ? `gate/${bias}[0]#${atom}` : `gate/${bias}[0]`;
  return bias !== undefined && !tiedWith(of, own).every(isMass);
}

const massBound = (atom: number): Inconclusive => ({
  verdict: 'inconclusive',
  bits: 0,
  raise: `nothing: the mass of atom ${atom + 1} is tied to a number that is no mass, so that what an atom is split into is not covered`,
});

const notCovered = ({ gate }: MixingMeasure): Inconclusive => ({
  verdict: 'inconclusive',
  bits: 0,
  raise: `nothing: over-fitted atoms under the gate ${gate.kind} with these options are not covered; where its weights are a softmax or a sigmoid of scores, say so in traits.form`,
});
