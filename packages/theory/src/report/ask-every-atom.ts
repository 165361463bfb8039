import { MoeError } from '@tfjs-moe/core';
import { type Family, getFamily } from '@tfjs-moe/measures';
import type { DensityModel } from '../density/model.ts';

interface Answered {
  readonly secondOrder: { readonly verdict: 'independent' | 'dependent' | 'inconclusive' };
}

const badness = ['independent', 'inconclusive', 'dependent'] as const;

/**
 * The answer about over-fitted atoms. One atom stands for all where they are alike; else each is asked about, and the worst
 * answer is that of the mixture.
 *
 * @param ask about an atom that is over-fitted
 */
export function askEveryAtom<A extends Answered>(
  areAlike: boolean,
  experts: number,
  ask: (atom: number) => A,
): A {
  const first = ask(0);
  if (areAlike) return first;
  return Array.from({ length: experts - 1 }, (_, e) => e + 1).reduce((worst: A, atom) => {
    if (worst.secondOrder.verdict === 'dependent') return worst;
    const next = ask(atom);
    const isWorse = badness.indexOf(next.secondOrder.verdict) > badness.indexOf(worst.secondOrder.verdict);
    return isWorse ? next : worst;
  }, first);
}

/**
 * Whether atoms are alike: all have the same law, and of none is known what is not of others.
 *
 * @param known names of what is known; those with `#` are about single atoms
 */
export function areAlike(known: readonly string[], model: DensityModel | undefined): boolean {
  return familiesOf(model) === undefined && !known.some((name) => name.includes('#'));
}

/** The families of a model in which each expert has its own. */
export function familiesOf(model: DensityModel | undefined): readonly Family[] | undefined {
  return model && getFamily(model.family, 'reportCard').families;
}

/** Refuses numbers of atoms that the model has, and the smaller one that is judged has not. */
export function expectJudged(
  who: string,
  known: readonly string[],
  { experts, of }: { readonly experts: number; readonly of: number },
): void {
  const absent = known.find((name) =>
    [...name.matchAll(/#(\d+)/g)]
      .map(([, atom]) => Number(atom))
      .some((atom) => atom >= experts && atom < of),
  );
  if (absent === undefined) return;
  throw new MoeError(
    who,
    `known and tied: a model of ${experts} experts is judged in place of ${of}; sizes may ask for more`,
    absent,
  );
}
