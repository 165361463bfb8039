import { paramSize, type SigmoidForm } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { paramLabels } from '@tfjs-moe/numerics';
import { examineWithin } from '../decide/examine.ts';
import { atomsOf, hasMass } from '../mixture/atom.ts';
import { isLinear, routerName } from '../mixture/covered-form.ts';
import { heldOf } from '../mixture/held.ts';
import { hasKinks } from '../mixture/kinks.ts';
import { tiesOf } from '../mixture/ties.ts';
import { namedRelation } from '../verdict/relation.ts';
import { type Candidate, candidates, scalesOf } from './candidates.ts';
import { type Answer, type CriterionOptions, criterion } from './criterion.ts';
import { isEulerDirection } from './moved-kinks.ts';
import { firstOrderDirection, proveDirection, wholeFamily } from './null-direction.ts';
import { inRegimeOne, regimeOneFamily } from './regime-one-family.ts';
import type { NullDirection } from './second-order-verdict.ts';

/** Part of the operations for the equations among free functions. */
const EXAMINATION = 0.5;

/**
 * The criterion under a sigmoid gate, in regime 1: gates of over-specified atoms do not depend on the input.
 *
 * An over-fitted atom can only be split where $\beta_1 = 0$, into atoms with $\sum_i s_i = s$, $s_i = \sigma(\beta_{0i})$,
 * whose $\beta_{0i}$ need not be near $\beta_0$. With offsets p of $a^\top\beta_1$ and q of $b^\top\eta$ the second order is
 *
 * $$\tfrac12\Big(\sum\sigma''_i p_i^2\Big) x_ux_{u'}h + \Big(\sum\sigma'_i p_iq_i\Big) x_u\partial_v h
 *   + \tfrac12\Big(\sum\sigma_i q_i^2\Big)\partial^2_{vv'}h.$$
 *
 * The third block is positive semidefinite; so is the first, although $\sigma''_i < 0$ where $s_i > \tfrac12$: that is one
 * atom at most, and where $\sum\sigma'_ip_i = 0$, as it is in the limit, $\sum\sigma''_ip_i^2 > 0$ because
 * $g(s) = s(1-s)/(1-2s)$ is convex with $g(0) = 0$, hence $\sum_{i\ge2} g(s_i) \le g(\sum_{i\ge2}s_i) < g(1-s_1)$. The whole
 * is not semidefinite. So the two blocks are separate here, and the mixed functions $x_u\partial_v h$ are free ones: a
 * measure that integrates them to zero too, and both blocks to positive definite matrices, proves the criterion. A null
 * direction moves the expert alone.
 */
export function sigmoidCriterion(
  given: MixingMeasure,
  form: SigmoidForm,
  overSpecified: readonly number[],
  options: CriterionOptions,
): Answer {
  if (!isLinear(form.router))
    return { verdict: 'inconclusive', bits: 0, raise: 'nothing: regime 1 is examined for linear routers' };
  if (form.bias === undefined) {
    const raise =
      'nothing: without a bias the gate of a split atom is 1/2 each, so that no atom can be split';
    return { verdict: 'inconclusive', bits: 0, raise };
  }
  const atoms = atomsOf(given, form);
  const stuck = overSpecified.find((e) => !hasMass(atoms[e]!) || isTilted(given, form, e));
  if (stuck !== undefined) {
    const raise = `nothing: an atom is split in regime 1 by its own bias, with a router at 0, and those of atom ${stuck + 1} are known${tiesOf(given).size > 0 ? ' or tied' : ''}`;
    return { verdict: 'inconclusive', bits: 0, raise };
  }
  const of = inRegimeOne(given, form, overSpecified);
  const family = regimeOneFamily(of, form, overSpecified);
  const { relations, remaining } = examineWithin(
    'identifiability',
    family.free,
    options,
    options.allowance.upTo(EXAMINATION * options.allowance.left),
  );
  const label = (i: number) => family.free.labels[i]!;
  const early = relations.find(({ column }) => column < family.firstOrder);
  // Functions on the left of proved equations integrate to zero with the others.
  const kept = relations.every(({ proof }) => proof === 'formal ring')
    ? remaining
    : family.free.labels.map((_, i) => i);
  const curved = family.curved(kept);
  const directions = candidates(curved.blocks, scalesOf(of)).filter(({ vectors }) =>
    vectors.every((u, b) => u === undefined || curved.blocks[b]!.coordinates[0]!.part === 'expert'),
  );
  // A direction is null only if it needs no mixed function.
  const narrow = family.curved(kept.filter((i) => i < family.firstOrder));
  const prove = (direction: Candidate) => {
    const b = direction.vectors.findIndex((u) => u !== undefined);
    const block = narrow.blocks[b]!;
    const end = options.allowance.upTo(options.allowance.left / 2);
    const movesNoKink = () =>
      isEulerDirection(atomsOf(of, form)[block.atom]!, block, direction.vectors[b]!, of.inputDim, end);
    const family = wholeFamily(narrow, direction);
    return proveDirection(family, direction, narrow.blocks, end, hasKinks(of) ? movesNoKink : undefined);
  };
  if (early) {
    // Evidence gives way to a proof, where there is one of second order.
    const proved = early.proof === 'formal ring' ? undefined : firstProof(directions, prove);
    if (proved) return { verdict: 'dependent', direction: proved };
    const terms = [...early.coefficients].map(([i, coefficient]) => ({ label: label(i), coefficient }));
    return {
      verdict: 'dependent',
      direction: firstOrderDirection(namedRelation(early.proof, label(early.column), terms)),
    };
  }
  return criterion(curved, directions, prove, options);
}

function firstProof(
  directions: readonly Candidate[],
  prove: (direction: Candidate) => NullDirection | undefined,
): NullDirection | undefined {
  for (const direction of directions) {
    const proved = prove(direction);
    if (proved) return proved;
  }
  return undefined;
}

/** Whether a number of an atom's router is known and not 0, or tied to another. */
function isTilted(of: MixingMeasure, form: SigmoidForm, atom: number): boolean {
  const { gate } = measureSpecs(of);
  const [held, ties] = [heldOf(of), tiesOf(of)];
  return Object.keys(form.router.params(of.inputDim)).some((own) => {
    const name = routerName(form, own);
    const spec = gate[name]!;
    const size = paramSize(spec);
    const labels = paramLabels({ [name]: { ...spec, trainable: true } });
    return labels.slice(atom * size, (atom + 1) * size).some((label, i) => {
      const isKnown = spec.trainable === false || held.has(`gate/${label}`);
      return (isKnown && of.gateParams[name]![atom * size + i] !== 0) || ties.has(`gate/${label}`);
    });
  });
}
