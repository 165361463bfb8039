import type { Allowance } from '../decide/allowance.ts';
import { decideWithin } from '../decide/decide.ts';
import type { Precision } from '../decide/examine.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** Factors of the spread that are tried where the first is inconclusive. */
const WIDENINGS = [2, 4];

/**
 * Asks again at points that are spread wider: where the first are inconclusive, because kinks and saturations are met
 * farther out, and where a mixture with kinks or regions has relations that rest on the points alone, because functions
 * whose piece no point meets look like zero.
 */
export function askWider(
  family: LabelledFamily,
  isPiecewise: boolean,
  options: Required<Precision>,
  allowance: Allowance,
): Verdict {
  let verdict = decideWithin(family, options, allowance);
  for (const factor of WIDENINGS) {
    const isDoubtful = verdict.verdict === 'inconclusive' || (isPiecewise && numericalOnes(verdict) > 0);
    if (!isDoubtful || allowance.left === 0) break;
    const wider = decideWithin(family, { ...options, spread: factor * options.spread }, allowance);
    if (wider.verdict === 'inconclusive') continue;
    if (verdict.verdict === 'inconclusive' || numericalOnes(wider) < numericalOnes(verdict)) verdict = wider;
  }
  return verdict;
}

const numericalOnes = (verdict: Verdict): number =>
  verdict.verdict === 'dependent' ? verdict.relations.filter(({ proof }) => proof === 'numerical').length : 0;
