import { MoeError, type SigmoidForm } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { type Relation, rational, rationalText } from '@tfjs-moe/numerics/exact';
import type { Allowance } from '../decide/allowance.ts';
import { formally } from '../decide/exact.ts';
import { atomsOf } from '../mixture/atom.ts';
import type { RegimeOneFamily } from '../second-order/regime-one-family.ts';
import type { NullDirection } from '../second-order/second-order-verdict.ts';
import type { CertifiedDirection, CertifiedMeasure, CertifiedTie } from './certificate.ts';
import { measureOf } from './certify-measure.ts';

const who = 'certificateToJSON';

/**
 * The signed measure that proves the second-order criterion under a sigmoid gate in regime 1. Mixed functions that are
 * combinations of others integrate to zero with them, and are written down with their equations.
 */
export function certifyRegimeOne(
  family: RegimeOneFamily,
  overSpecified: readonly number[],
  seed: number,
  allowance: Allowance,
): CertifiedMeasure {
  const relations = relationsOf(family, allowance);
  const ties = relations.map(({ column, coefficients }): CertifiedTie => {
    const left = family.names[column]!;
    if (typeof left === 'string')
      throw new MoeError(who, `the functions of first order depend on each other, ${left} on others`);
    return { left, terms: [...coefficients].map(([i, c]) => [family.names[i]!, rationalText(c)] as const) };
  });
  const tied = new Set(relations.map(({ column }) => column));
  const curved = family.curved(family.names.flatMap((_, i) => (tied.has(i) ? [] : [i])));
  const found = measureOf(curved, seed, allowance);
  const own = curved.blocks.map(({ atom, coordinates }) => ({
    atom,
    coordinates: coordinates.map(({ label }) => label),
  }));
  return {
    ...found,
    // Of router and expert alike: which is which the steps of the model say.
    blocks: overSpecified.map((atom) => ({
      atom,
      coordinates: own.filter((block) => block.atom === atom).flatMap(({ coordinates }) => coordinates),
    })),
    masses: [],
    ties,
  };
}

/**
 * The equation by which the criterion fails in regime 1, by the names of parameters: of the first order, where no vector
 * moves and the sum of all terms is zero, or of the second derivatives along a vector.
 */
export function certifiedRegimeOne(
  of: MixingMeasure,
  form: SigmoidForm,
  family: RegimeOneFamily,
  over: readonly number[],
  direction: NullDirection,
  allowance: Allowance,
): CertifiedDirection {
  if (direction.order === 1) {
    const found = relationsOf(family, allowance).find(({ column }) => column < family.firstOrder);
    if (found === undefined)
      throw new MoeError(
        who,
        `the equation ${direction.text} is known from ${direction.proof} alone, which is no proof`,
      );
    const terms = [...found.coefficients, [found.column, rational(-1n)] as const];
    return { over, vectors: [], terms: terms.map(([i, c]) => [nameOf(i), rationalText(c)] as const) };
  }
  if (direction.proof !== 'formal ring' || direction.terms === undefined)
    throw new MoeError(
      who,
      `the null direction ${direction.text} is known from ${direction.proof}, which the format does not hold`,
    );
  const places = new Map(family.free.labels.map(({ text }, i) => [text, i]));
  const atoms = atomsOf(of, form);
  return {
    over,
    vectors: direction.atoms.map((atom) => {
      const own = new Set(atoms[atom]!.coordinates.map(({ label }) => label));
      return { atom, entries: Object.entries(direction.vector).filter(([name]) => own.has(name)) };
    }),
    terms: direction.terms.map(({ label, coefficient }) => {
      if (typeof coefficient === 'number')
        throw new MoeError(
          who,
          `the null direction ${direction.text} has coefficients that are no fractions`,
        );
      return [nameOf(places.get(label.text)!), rationalText(coefficient)] as const;
    }),
  };

  /** Of a function of first order. */
  function nameOf(i: number): string {
    return family.names[i] as string;
  }
}

/** All relations of the free functions that a formal ring proves. */
function relationsOf({ free }: RegimeOneFamily, allowance: Allowance): readonly Relation[] {
  return formally(free, allowance.upTo(allowance.left / 2))?.relations ?? [];
}
