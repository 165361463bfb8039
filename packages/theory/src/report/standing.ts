import type { SecondOrderVerdict } from '../second-order/second-order-verdict.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { ReportInteraction } from './report-verdict.ts';

/**
 * Where a pair stands, and what is to blame.
 */
export type Standing = 'identifiable' | 'identifiable if fitted exactly' | 'not identifiable' | 'undecided';

interface Verdicts {
  readonly firstOrder: Verdict;
  readonly secondOrder: SecondOrderVerdict;
}

export function standingOf({ firstOrder, secondOrder }: Verdicts, overSpecified: boolean): Standing {
  if (firstOrder.verdict === 'dependent') return 'not identifiable';
  if (firstOrder.verdict === 'inconclusive') return 'undecided';
  if (!overSpecified || secondOrder.verdict === 'independent') return 'identifiable';
  return secondOrder.verdict === 'dependent' ? 'identifiable if fitted exactly' : 'undecided';
}

/** A relation that keeps a pair from being learned. */
export interface Culprit {
  /** `first`: also atoms that are fitted exactly; `second`: over-fitted ones. */
  readonly order: 'first' | 'second';
  /** The interaction that it is, without indices, where it is a known one. */
  readonly name?: string;
  readonly text: string;
  readonly latex: string;
}

/** Interactions that tie first derivatives, by what they ruin. */
const firstOrderNames = ['temperature scale', 'router scale', 'inner scale'];
const secondOrderNames = ['output scale', 'homogeneity', 'linear in a parameter'];

export function culpritsOf(
  { firstOrder, secondOrder }: Verdicts,
  interactions: readonly ReportInteraction[],
  overSpecified: boolean,
): Culprit[] {
  const culprits: Culprit[] = [];
  const named = (names: readonly string[]) => interactions.filter(({ name }) => names.includes(name));
  const take = (order: Culprit['order'], of: readonly ReportInteraction[]) =>
    of.map(({ name, text, latex }): Culprit => ({ order, name, text, latex }));
  if (firstOrder.verdict === 'dependent') {
    const known = named(firstOrderNames);
    // The relation of the whole mixture names every atom; that of one atom says the same in a line.
    culprits.push(
      ...(known.length > 0
        ? take('first', known)
        : firstOrder.relations.slice(0, 3).map(
            ({ text, latex, knownAs: name }): Culprit => ({
              order: 'first',
              ...(name !== undefined && { name }),
              text,
              latex,
            }),
          )),
    );
  }
  if (overSpecified && secondOrder.verdict === 'dependent') {
    const { order, text, latex } = secondOrder.direction;
    // A direction of first order is the relation above.
    if (order === 2) culprits.push({ order: 'second', text, latex });
    culprits.push(...take('second', named(secondOrderNames).slice(0, 3)));
  }
  return culprits;
}
