import { MoeError } from '@tfjs-moe/core';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import { namedRelation } from '../verdict/relation.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Allowance } from './allowance.ts';
import { type DecideOptions, type Examination, examined, examineWithin, type Precision } from './examine.ts';

/**
 * Decides whether functions are linearly independent, with a proof either way where there is one: what `examine` found,
 * as a verdict with names.
 *
 * Use `identifiability` for the sets of the papers, this for sets of your own, and `examine` to go on calculating with
 * the relations.
 */
export function decide(family: LabelledFamily, options: DecideOptions = {}): Verdict {
  return verdictOf(family, examined('decide', family, options));
}

/** With an allowance that others spend too. */
export function decideWithin(family: LabelledFamily, options: Precision, allowance: Allowance): Verdict {
  return verdictOf(family, examineWithin('decide', family, options, allowance));
}

/** An examination as a verdict, with the names of the functions. */
export function verdictOf(family: Pick<LabelledFamily, 'labels'>, examination: Examination): Verdict {
  const who = 'verdictOf';
  const { labels } = family ?? {};
  if (!Array.isArray(labels)) throw new MoeError(who, 'family must be an object with labels', family);
  const { relations, remaining, rest } = examination ?? {};
  if (!Array.isArray(relations))
    throw new MoeError(who, 'examination must be what examine returns', examination);
  if (relations.length > 0) {
    return {
      verdict: 'dependent',
      relations: relations.map(({ column, coefficients, proof }) => {
        const terms = [...coefficients].map(([i, coefficient]) => ({ label: labels[i]!, coefficient }));
        return namedRelation(proof, labels[column]!, terms);
      }),
      remaining: remaining.map((i) => labels[i]!),
      rest,
    };
  }
  return 'sigmaMin' in rest ? { verdict: 'independent', ...rest } : { verdict: 'inconclusive', ...rest };
}
