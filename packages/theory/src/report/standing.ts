import type { WeakIdentifiability } from '../identifiability/identifiability-verdicts.ts';
import type { Regime } from '../rates/sigmoid.ts';
import type { SecondOrderVerdict } from '../second-order/second-order-verdict.ts';
import type { NamedRelation } from '../verdict/relation.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { ReportInteraction } from './report-verdict.ts';

/**
 * Where a pair stands, and what is to blame.
 */
export type Standing = 'identifiable' | 'identifiable if fitted exactly' | 'not identifiable' | 'undecided';

interface Verdicts {
  readonly firstOrder: Verdict;
  readonly secondOrder: SecondOrderVerdict;
  /** Of sigmoid gates. */
  readonly weak?: WeakIdentifiability;
}

/**
 * @param regime of a sigmoid gate; 2 rests on the Jacobian at the best approximation, which is known only where an atom
 * comes apart into two with its gate
 */
export function standingOf(
  { firstOrder, secondOrder, weak }: Verdicts,
  overSpecified: boolean,
  regime: Regime = 1,
): Standing {
  if (firstOrder.verdict === 'dependent') return 'not identifiable';
  if (firstOrder.verdict === 'inconclusive') return 'undecided';
  const over = regime === 2 ? weak?.atSplit : secondOrder;
  if (overSpecified && over === undefined) return 'undecided';
  if (!overSpecified || over?.verdict === 'independent') return 'identifiable';
  return over?.verdict === 'dependent' ? 'identifiable if fitted exactly' : 'undecided';
}

/** A relation that keeps a pair from being learned. */
export interface Culprit {
  /** `first`: also atoms that are fitted exactly; `second`: over-fitted ones. */
  readonly order: 'first' | 'second';
  /** The interaction that it is, without indices, where it is a known one; else what it ties. */
  readonly name: string;
  readonly text: string;
  readonly latex: string;
}

/** Interactions that tie first derivatives, by what they ruin. */
const firstOrderNames = ['temperature scale', 'router scale', 'inner scale'];
const secondOrderNames = ['output scale', 'homogeneity', 'linear in a parameter'];

export function culpritsOf(
  { firstOrder, secondOrder, weak }: Verdicts,
  interactions: readonly ReportInteraction[],
  overSpecified: boolean,
  regime: Regime = 1,
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
        : firstOrder.relations
            .slice(0, 3)
            .map((relation): Culprit => ({ order: 'first', ...withName(relation) }))),
    );
  }
  if (overSpecified && regime === 2) {
    if (weak?.atSplit?.verdict === 'dependent') culprits.push(amplitude);
  } else if (overSpecified && secondOrder.verdict === 'dependent') {
    const { order, name, text, latex } = secondOrder.direction;
    // Where the first order is dependent, a direction of first order is the relation above.
    if (order === 2 || firstOrder.verdict !== 'dependent')
      culprits.push({ order: 'second', name: `null direction, ${name}`, text, latex });
    culprits.push(...take('second', named(secondOrderNames).slice(0, 3)));
  }
  return culprits;
}

/** What regime 2 is lost by. */
const amplitude: Culprit = {
  order: 'second',
  name: 'two atoms with one gate add up (amplitudeSplit)',
  text: 's(z) h(x, eta) = s(z) h(x, c_1 eta) + s(z) h(x, c_2 eta), c_1^p + c_2^p = 1',
  latex:
    '\\sigma(z)\\,h(x, \\eta) = \\sigma(z)\\,h(x, c_1\\eta) + \\sigma(z)\\,h(x, c_2\\eta),\\ c_1^p + c_2^p = 1',
};

/** A relation with its name, or with what it ties where it has none. */
function withName({ knownAs, left, terms, text, latex }: NamedRelation): Omit<Culprit, 'order'> {
  const parts = [left, ...terms.map(({ label }) => label)].map(
    (label) => /^d_(gate|expert)\//.exec(label.text)?.[1],
  );
  const ties =
    new Set(parts).size === 1 ? `parameters of the ${parts[0]} alone` : 'gate and expert parameters';
  return { name: knownAs ?? `relation of ${ties}`, text, latex };
}
