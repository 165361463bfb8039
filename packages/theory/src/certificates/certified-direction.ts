import { MoeError } from '@tfjs-moe/core';
import { rationalText } from '@tfjs-moe/numerics/exact';
import type { MixtureProgram } from '../program/mixture-program.ts';
import type { NullDirection } from '../second-order/second-order-verdict.ts';
import type { RelationTerm } from '../verdict/relation.ts';
import type { CertifiedDirection } from './certificate.ts';

/** A null direction of second order, with the parameters by the names that a program has for them. */
export function certifiedDirection(
  { atoms, vector, terms, proof, text }: NullDirection,
  model: MixtureProgram,
): CertifiedDirection {
  const who = 'certificateToJSON';
  if (proof !== 'formal ring' || terms === undefined)
    throw new MoeError(
      who,
      `the null direction ${text} is known from ${proof}, which the format does not hold`,
    );
  const names = new Set(model.parameters.map(({ name }) => name));
  const isOf = (name: string, atom: number) =>
    name.endsWith(`#${atom}`) || (atoms.length === 1 && !name.includes('#'));
  return {
    vectors: atoms.map((atom) => ({
      atom,
      entries: Object.entries(vector).filter(([name]) => isOf(name, atom)),
    })),
    terms: terms.map(
      ({ label, coefficient }) => [functionOf(label), rationalText(exactly(coefficient))] as const,
    ),
  };

  function functionOf({ parts, atom, text }: RelationTerm['label']): string | number {
    const [name] = parts?.derivatives ?? [];
    if (name === undefined && atom !== undefined) return atom;
    // An atom alone names its parameters without its number.
    const found = [`${name}#${atom}`, `${name}`].find((candidate) => names.has(candidate));
    if (found === undefined || parts?.derivatives.length !== 1)
      throw new MoeError(who, `the function ${text} is no derivative of the mixture`);
    return found;
  }

  function exactly(coefficient: RelationTerm['coefficient']) {
    if (typeof coefficient !== 'number') return coefficient;
    throw new MoeError(who, `the null direction ${text} has coefficients that are no fractions`, coefficient);
  }
}
