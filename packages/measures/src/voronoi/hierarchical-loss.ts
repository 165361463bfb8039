import { runSizes } from '@tfjs-moe/core';
import type { MixingMeasure } from '../measure/mixing-measure.ts';
import { applyAlignment } from './aligned-gate.ts';
import { align } from './alignment.ts';
import { softmaxAtoms } from './atoms.ts';
import { expertTerms } from './expert-terms.ts';
import type { FormPair, TreeFamily } from './family.ts';
import { copied, type FoundLoss } from './flat-loss.ts';
import type { LossTerms } from './loss-names.ts';
import { softmaxLevel } from './softmax-level.ts';
import { type GaugeChoice, softmaxProblem } from './softmax-problem.ts';

/**
 * The losses of a hierarchical softmax, equations (25) and (29): groups are matched by the outer $\beta_1$ alone, and the
 * experts of a matched group by their inner $\beta_1$ and their own numbers.
 *
 * Every fitted group has a gauge of its own inside, and the outer softmax another. A pair of groups costs what their inner
 * softmaxes differ by, each minimised first, so that the outer level is one more softmax.
 */
export function hierarchicalLoss(
  fitted: MixingMeasure,
  truth: MixingMeasure,
  forms: FormPair<TreeFamily>,
  terms: LossTerms,
  choice: GaugeChoice,
): FoundLoss {
  const ours = levels(fitted, forms.fitted);
  const theirs = levels(truth, forms.truth);
  const ownInner = ours.groups.map((group) => softmaxAtoms(fitted, ours.inner, group));
  const trueInner = theirs.groups.map((group) => softmaxAtoms(truth, theirs.inner, group));
  const inner = ours.groups.map((group, g) =>
    theirs.groups.map((trueGroup, h) => {
      const between = expertTerms(fitted, truth, terms, { fitted: group, truth: trueGroup });
      return align(
        softmaxProblem(ownInner[g]!, trueInner[h]!, {
          ...choice,
          terms,
          counted: trueGroup.count,
          others: between,
        }),
      );
    }),
  );
  const innerOf = (g: number, h: number) => inner[g]![h]!;

  const all = { first: 0, count: ours.groups.length };
  const atoms = softmaxAtoms(fitted, ours.outer, all);
  const found = align(
    softmaxProblem(atoms, softmaxAtoms(truth, theirs.outer, { first: 0, count: theirs.groups.length }), {
      ...choice,
      // The first level of (25) has no squares: the number of groups is known.
      terms: { gate: (cell) => terms.gate(Math.min(cell, 1)) },
      counted: theirs.groups.length,
      extra: (g, h) => innerOf(g, h).value,
    }),
  );

  const gateParams = copied(fitted);
  applyAlignment(gateParams, ours.outer, all, atoms, found);
  const cells = Array.from({ length: truth.experts }, (): number[] => []);
  let isSaturated = found.logFactor === -Infinity;
  found.cells.forEach((groups, h) => {
    for (const g of groups) {
      const group = ours.groups[g]!;
      const below = innerOf(g, h);
      applyAlignment(gateParams, ours.inner, group, ownInner[g]!, below);
      isSaturated ||= below.logFactor === -Infinity;
      below.cells.forEach((members, j) => {
        const place = theirs.groups[h]!.first + j;
        cells[place]!.push(...members.map((i) => group.first + i));
      });
    }
  });
  return { value: found.value, cells, gateParams, isSaturated };
}

/** The levels of the gate, and which experts each group has. */
function levels(measure: MixingMeasure, { groups: runs, outer, inner }: TreeFamily) {
  let first = 0;
  const groups = runSizes('voronoiLoss', runs, measure.experts).map((count) => {
    const group = { first, count };
    first += count;
    return group;
  });
  return { outer: softmaxLevel(measure, outer), inner: softmaxLevel(measure, inner), groups };
}
