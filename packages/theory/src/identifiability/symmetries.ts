import { expertTraits, gateTraits, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';

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
  if (experts > 1) {
    const { form: gateForm } = gateTraits(gate, experts);
    const where = gateForm?.type === 'hierarchical' ? ', within their groups and with them' : '';
    symmetries.push(`permutations: atoms change places${where}`);
  }
  for (const { incoming, outgoing, signs = [] } of units) {
    const width = specs[incoming[0]!]?.shape.at(-1) ?? 1;
    if (outgoing.length > 0 && width > 1)
      symmetries.push(`permutations: the ${width} hidden units behind ${incoming.join(', ')} change places`);
    for (const { negated, constant } of signs) {
      const also = constant === undefined ? '' : `, and ${constant} takes up the rest`;
      symmetries.push(`sign flips: ${negated.join(', ')} of a unit are negated together${also}`);
    }
  }
  const mirror = mirrors[form?.activation ?? ''];
  if (experts > 1 && form?.kernel !== undefined && mirror !== undefined)
    symmetries.push(
      `sign flips: two atoms with opposite ${[form.kernel, form.bias].filter(Boolean).join(' and ')}, for ${mirror}`,
    );
  return symmetries;
}
