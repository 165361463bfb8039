import { expertTraits, gateTraits, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { heldOf } from '../mixture/held.ts';
import { tiesOf } from '../mixture/ties.ts';
import { whereAtomsChangePlaces } from '../mixture/where-atoms-change-places.ts';

/** What an activation makes of the opposite argument. */
const mirrors: Readonly<Record<string, string>> = {
  tanh: 'tanh(-z) = -tanh(z)',
  sigmoid: 'sigmoid(-z) = 1 - sigmoid(z)',
  relu: 'relu(-z) = relu(z) - z',
  gelu: 'gelu(-z) = gelu(z) - z',
  geluTanh: 'gelu(-z) = gelu(z) - z',
  silu: 'silu(-z) = silu(z) - z',
  softplus: 'softplus(-z) = softplus(z) - z',
};

/**
 * Changes of parameters that leave the function as it is, or tie two atoms that differ: why "for all distinct parameters"
 * is never more than up to these. From what expert and gate say of themselves, not from a search.
 */
export function symmetriesOf(of: MixingMeasure): string[] {
  const { gate, expert, experts } = of;
  const { units = [], form } = expertTraits(expert);
  const specs = measureSpecs(of).expert;
  const symmetries: string[] = [];
  const known = knownAtoms(of);
  const kept = tiesOf(of).size > 0 ? ', where that keeps equal what is tied' : '';
  if (experts - known.size > 1) {
    const where = whereAtomsChangePlaces(gateTraits(gate, experts).form);
    const which = heldOf(of).size > 0 ? 'atoms of which nothing is known' : 'atoms';
    symmetries.push(`permutations: ${which} change places${where}${kept}`);
  }
  for (const { incoming, outgoing, signs = [] } of units) {
    const width = specs[incoming[0]!]?.shape.at(-1) ?? 1;
    const isKnown = [...incoming, ...outgoing].some((name) => specs[name]?.trainable === false);
    if (outgoing.length > 0 && width > 1 && !isKnown)
      symmetries.push(
        `permutations: the ${width} hidden units behind ${incoming.join(', ')} change places${kept}`,
      );
    for (const { negated, constant } of signs) {
      const also = constant === undefined ? '' : `, and ${constant} takes up the rest`;
      symmetries.push(`sign flips: ${negated.join(', ')} of a unit are negated together${also}${kept}`);
    }
  }
  const mirror = mirrors[form?.activation ?? ''];
  if (experts > 1 && form?.kernel !== undefined && mirror !== undefined)
    symmetries.push(
      `sign flips: two atoms with opposite ${[form.kernel, form.bias].filter(Boolean).join(' and ')}, for ${mirror}${kept}`,
    );
  return symmetries;
}

/** Atoms that cannot change places, because something of their experts is known, and may differ from the others'. */
function knownAtoms(of: MixingMeasure): ReadonlySet<number> {
  const specs = Object.values(measureSpecs(of).expert);
  const all = Array.from({ length: of.experts }, (_, e) => e);
  // Of a whole parameter that every expert has for itself: of all of them.
  if (specs.some(({ trainable, copies }) => trainable === false && copies === of.experts))
    return new Set(all);
  const held = [...heldOf(of)].filter((label) => label.startsWith('expert/'));
  return new Set(held.flatMap((label) => Number(/#(\d+)$/.exec(label)?.[1] ?? 0)));
}
