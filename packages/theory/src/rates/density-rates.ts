import type { Expert, Gate } from '@tfjs-moe/core';
import type { ReadModel } from '../density/model.ts';
import type { GateClass } from './classify.ts';
import { type ExpertCase, isLine } from './expert-case.ts';
import { ratesOfGaussianLines } from './gaussian-lines.ts';
import { fewerThanTwice } from './over-fitted.ts';
import { atomRates, papers, type Rate, rate } from './rate.ts';
import { aloneNote } from './single-atom.ts';
import { selectionRule } from './top-k.ts';
import { firstThatHolds } from './tried.ts';

const OTHERWISE =
  'the theorems whose conditions are checked here speak of Gaussian laws with deviations of their own around lines; what the two verdicts say holds all the same';

const OF_CLASSES =
  'its abstract has polynomial rates, and where part of the parameters of an expert vanish ones that are slower than any polynomial; its conditions are not checked here, and what the two verdicts say holds all the same';

interface Asked {
  readonly gate: Gate;
  readonly expert: Expert;
  readonly gateClass: GateClass;
  readonly case: ExpertCase;
  readonly model: ReadModel;
  readonly overSpecified: boolean;
  readonly cell: number;
  readonly isTilted: boolean;
}

/**
 * Rates of maximum likelihood for a conditional density, where a theorem claims the case: Gaussian laws with deviations of
 * their own around lines $a^\top x + b$, under a softmax of scores $\beta_1^\top x + \beta_0$, over all experts or over the
 * K selected by $\beta_1^\top x$. Under a softmax with a linear router and a learned temperature nothing is polynomial. Of
 * every other law, expert and gate: not covered; of classes of lines under a softmax with the paper that speaks of them.
 */
export function densityRates(asked: Asked): Rate[] {
  const { gateClass, overSpecified, model } = asked;
  const isClaimed = model.family.isLeastSquares === true && model.variances === 'own' && isLine(asked.case);
  if (isClaimed && gateClass === 'softmax') return gaussianRates(asked, papers.gaussian, fewerThanTwice);
  if (isClaimed && gateClass === 'top-K') return gaussianRates(asked, papers.topK, selectionRule);
  const isHeated = gateClass === 'dense-to-sparse, linear router';
  if (isClaimed && isHeated) return heatedRates(asked);
  const isOfClasses = model.family.isClass === true && isLine(asked.case) && gateClass === 'softmax';
  const source = isOfClasses ? papers.classes : 'no theorem';
  const note = isOfClasses ? OF_CLASSES : OTHERWISE;
  return [
    density(source, false),
    ...quantities(overSpecified).map((quantity) =>
      atomRates(quantity, { rate: 'unknown', status: 'not covered', source, note }),
    ),
  ];
}

const quantities = (overSpecified: boolean) =>
  overSpecified ? (['exact atoms', 'over-fitted atoms'] as const) : (['exact atoms'] as const);

/** The density itself, in Hellinger distance. */
function density(source: string, isProved: boolean, note?: string): Rate {
  return rate({
    quantity: 'density',
    rate: isProved ? 'n^(-1/2)' : 'unknown',
    status: isProved ? 'proved in the paper' : 'not covered',
    source,
    ...(isProved && {
      note: `in Hellinger distance, up to a factor sqrt(log n)${note === undefined ? '' : `; ${note}`}`,
    }),
  });
}

function gaussianRates({ overSpecified, cell, isTilted }: Asked, source: string, condition: string): Rate[] {
  const found = ratesOfGaussianLines(source, condition, overSpecified && !isTilted, cell);
  const alone = { rate: 'unknown', status: 'not covered', source, note: aloneNote } as const;
  return [density(source, true), ...found, ...(isTilted ? [atomRates('over-fitted atoms', alone)] : [])];
}

/** Scores and temperature have a scale in common that no density shows. */
function heatedRates({ gate, expert, overSpecified }: Asked): Rate[] {
  const counterexample = firstThatHolds(['rescaledTemperature'], gate, expert);
  return [
    density(papers.temperature, true),
    ...quantities(overSpecified).map((quantity) =>
      atomRates(quantity, {
        rate: 'slower than any polynomial',
        status: 'proved in the paper',
        source: papers.temperature,
        ...(counterexample !== undefined && { counterexample }),
        note: 'in truth not identifiable: the scale of all scores and of the temperature is one that nothing shows',
      }),
    ),
  ];
}
