import { expectKnownOptions, MoeError } from '@tfjs-moe/core';
import { defineFamily, type FamilyFactory, type FamilyIdentifier, getFamily } from './define-family.ts';
import type { Family, ResponseLaw } from './family.ts';
import { isSameFamily, ofExpert } from './family-of.ts';
import type { LawColumns } from './law-columns.ts';

/** Options of `perExpert`: the families. */
export interface PerExpertOptions {
  /** One for each expert: families, their configs or their kinds. */
  readonly families: readonly FamilyIdentifier[];
}

/**
 * Families of their own for the experts: the first has the law of the first family, and so on, as a Poisson law beside a
 * negative binomial one for those counts alone that vary more, or a Gaussian law beside Student's for the part of the rows
 * that has outliers. `family: ['poisson', 'negativeBinomial']` of the estimators means it.
 *
 * Each must give probability to the same responses, or the likelihood would compare probabilities with densities, and have
 * the same link, so that outputs mean the same. Classes, whose outputs are several, and laws with kinks, whose maxima are
 * sought by a search of their own, stand beside no other.
 *
 * Source: Gruen and Leisch, "FlexMix Version 2" (2008), section 3.2: components with different models.
 *
 * @throws MoeError where families cannot stand beside each other
 */
export const perExpert: FamilyFactory<[options: PerExpertOptions]> = /* @__PURE__ */ defineFamily(
  'perExpert',
  (options) => {
    expectKnownOptions('perExpert', options, ['families']);
    if (!Array.isArray(options?.families) || options.families.length === 0)
      throw new MoeError('perExpert', 'families must be a list, one for each expert', options?.families);
    const families = options.families.map((each: FamilyIdentifier) => getFamily(each, 'perExpert: families'));
    const [first] = families as [Family];
    for (const family of families) expectBeside(first, family);
    const ofLaw = ({ expert = 0 }: ResponseLaw) => ofExpert(families, expert);
    const dispersion = families.find((family) => family.dispersion !== undefined)?.dispersion;
    return {
      config: { families: families.map(({ config }) => config) },
      families,
      link: first.link,
      isDiscrete: first.isDiscrete,
      support: first.support!,
      hasTrials: families.some(({ hasTrials }) => hasTrials === true),
      isLocationScale: families.every(({ isLocationScale }) => isLocationScale === true),
      ...(dispersion !== undefined && { dispersion }),
      expectResponse(who, observed) {
        for (const family of families) family.expectResponse(who, observed);
      },
      onLinkScale: (observed) => first.onLinkScale(observed),
      columns(observed): LawColumns {
        const laws: LawColumns[] = [];
        families.forEach((family, e) => {
          const known = families.findIndex((other) => isSameFamily(other, family));
          laws.push(known < e ? laws[known]! : family.columns(observed));
        });
        const lawOf = (expert = 0) => ofExpert(laws, expert);
        return {
          units: 1,
          room: (rows, expert) => lawOf(expert).room(rows),
          evaluate(outputs, block, logDispersion, into, derivatives, expert) {
            lawOf(expert).evaluate(outputs, block, logDispersion, into, derivatives);
          },
        };
      },
      mean: (law) => ofLaw(law).mean(law),
      variance: (law) => ofLaw(law).variance(law),
      tails: (law, y) => ofLaw(law).tails(law, y),
      draw: (law, random) => ofLaw(law).draw(law, random),
    };
  },
);

/** Refuses families that no likelihood, or none that is climbed here, has beside each other. */
function expectBeside(first: Family, family: Family): void {
  const refuse = (why: string) =>
    new MoeError('perExpert', `${first.kind} and ${family.kind} cannot stand beside each other: ${why}`);
  const alone = [first, family].find(
    ({ families, isClass, isLeastAbsolute }) => families ?? (isClass || isLeastAbsolute),
  );
  if (alone !== undefined)
    throw new MoeError(
      'perExpert',
      alone.families !== undefined
        ? 'families must be of single experts'
        : alone.isClass
          ? `${alone.kind} has an output for every class, and stands beside no other family`
          : `${alone.kind} has a likelihood with kinks, and stands beside no other family; studentT is as robust`,
    );
  if (first.support === undefined || family.support === undefined)
    throw refuse('a family must say its support, which responses it is for');
  if (first.support !== family.support)
    throw refuse(`one is for ${first.support}, the other for ${family.support}`);
  if (first.link !== family.link)
    throw refuse(`outputs of one are of the ${first.link} link, of the other of ${family.link}`);
}

/** Families of their own for experts in another order. */
export function familiesInOrder({ families = [] }: Family, order: readonly number[]): Family {
  return perExpert({ families: order.map((source) => families[source]!) });
}
