import { type Config, MoeError } from '@tfjs-moe/core';
import type { MixingMeasure } from '../measure/mixing-measure.ts';
import { applyAlignment, type GateNumbers } from './aligned-gate.ts';
import { align } from './alignment.ts';
import { softmaxAtoms } from './atoms.ts';
import { expertTerms } from './expert-terms.ts';
import type { LossTerms } from './loss-names.ts';
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
  terms: LossTerms,
  choice: GaugeChoice,
): FoundLoss {
  const copies = {
    fitted: { first: 0, count: fitted.experts },
    truth: { first: 0, count: truth.experts },
  };
  for (const { gate } of [fitted, truth]) {
    const weighting = gate.kind === 'topK' ? (gate.config.weighting as Config).kind : 'softmax';
    if (weighting === 'softmax') continue;
    throw new MoeError('voronoiLoss', 'the weighting of topK must be softmax', weighting);
  }
  const atoms = softmaxAtoms(fitted, fitted.gate.config, '', copies.fitted);
  const betweenExperts = expertTerms(fitted, truth, terms, copies);
  const found = align(
    softmaxProblem(atoms, softmaxAtoms(truth, truth.gate.config, '', copies.truth), {
      ...choice,
      terms,
      // Of the true atoms only K are seen at a time; the loss is that of the worst K.
      counted: truth.gate.kind === 'topK' ? truth.gate.expertsPerToken(truth.experts) : truth.experts,
      others: betweenExperts,
    }),
  );
  const gateParams = Object.fromEntries(
    Object.entries(fitted.gateParams).map(([name, numbers]) => [name, [...numbers]]),
  );
  applyAlignment(gateParams, fitted, '', copies.fitted, atoms, found);
  return {
    value: found.value,
    cells: found.cells,
    gateParams,
    isSaturated: found.logFactor === -Infinity,
  };
}
