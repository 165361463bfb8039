import { type Expert, expectInteger, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import {
  expertTraits,
  type Family,
  type FamilyIdentifier,
  familyName,
  getFamily,
  isSameFamily,
  type LawImage,
  readExpert,
} from '@tfjs-moe/measures';
import { type LawsPerExpert, lawsPerExpert } from './laws-per-expert.ts';

/**
 * The law of the response given an expert, as `fitMaximumLikelihood` takes it: what is asked is then the conditional density
 * $\sum_e w_e(x)\, f(y; h_e(x), \varphi_e)$, and not the regression function $\sum_e w_e(x)\, h_e(x)$.
 */
export interface DensityModel {
  /** A family, its config or its kind; or one for each expert. */
  readonly family: FamilyIdentifier;
  /** Whether every expert has a deviation, shape or $\theta$ of its own; always where families differ. Default `'own'`. */
  readonly variances?: 'own' | 'common';
  /** Of a class: how many there are. Default 3. */
  readonly classes?: number;
  /** Of a binomial response. Default 1. */
  readonly trials?: number;
}

/** A model with its defaults. */
export interface ReadModel {
  readonly family: Family;
  /** Of families per expert that of the first, under the transform that all have. */
  readonly image: LawImage;
  /** Where experts have laws of their own. */
  readonly laws?: LawsPerExpert;
  readonly variances: 'own' | 'common';
  readonly classes: number;
  readonly trials: number;
}

/** The model that somebody was given as an argument, checked. */
export function readModel(who: string, model: DensityModel): ReadModel {
  if (typeof model !== 'object' || model === null)
    throw new MoeError(who, 'model must be an object with a family', model);
  expectKnownOptions(who, model, ['family', 'variances', 'classes', 'trials']);
  const family = singleFamily(getFamily(model.family, who));
  const laws = family.families && lawsPerExpert(who, family.families);
  const image = laws?.images[laws.ofExpert[0]!] ?? family.image;
  const { isClass = false, hasTrials = false, dispersion } = family;
  if (image === undefined)
    throw new MoeError(who, `the family ${family.kind} cannot be judged: it has no image over Ops`);
  const refuse = (option: 'variances' | 'classes' | 'trials', isMeant: boolean) => {
    if (model[option] !== undefined && !isMeant)
      throw new MoeError(who, `the family ${family.kind} takes no ${option}`, model[option]);
  };
  refuse('variances', dispersion !== undefined);
  refuse('classes', isClass);
  refuse('trials', hasTrials);
  if (laws !== undefined && model.variances === 'common')
    throw new MoeError(
      who,
      'variances must be own: those of different families are not the same number',
      model.variances,
    );
  return {
    family,
    image,
    ...(laws && { laws }),
    variances: expectOneOf(who, 'variances', model.variances ?? 'own', ['own', 'common']),
    classes: expectInteger(who, 'classes', model.classes ?? 3, { min: 2, max: 64 }),
    trials: expectInteger(who, 'trials', model.trials ?? 1, { min: 1, max: 1024 }),
  };
}

/** A family that all experts have, where one is said for each and they are the same. */
function singleFamily(family: Family): Family {
  const [first, ...others] = family.families ?? [];
  return first !== undefined && others.every((other) => isSameFamily(first, other)) ? first : family;
}

/** A model in words: `Gaussian with variances of their own`. */
export function describeModel({ family, laws, variances, classes, trials }: ReadModel): string {
  if (laws !== undefined) {
    const names = laws.images.flatMap(({ dispersion }) => dispersion?.name ?? []);
    const numbers = [...new Set(names)].map((name) => `a ${name} of each expert that has one`);
    return `${familyName(family)}, expert after expert${numbers.length > 0 ? `, with ${numbers.join(' and ')}` : ''}`;
  }
  if (family.isClass) return `${family.kind} of ${classes} classes`;
  if (family.hasTrials) return `${family.kind} of ${trials} trial${trials === 1 ? '' : 's'}`;
  if (family.dispersion === undefined) return family.kind;
  const { name } = family.image!.dispersion!;
  return `${family.kind} with ${variances === 'own' ? `a ${name} of each expert` : `one ${name} for all`}`;
}

/**
 * Outputs that an expert of a class has: where it ends linearly one less than classes, the last of which is the reference,
 * since a shift of all logits changes nothing.
 */
export function outputsOf(expert: Expert, { family, classes }: ReadModel): number {
  if (family.isClass !== true) return 1;
  const { linearIn = [] } = expertTraits(expert);
  const { ofOutputs = [] } = readExpert(expert) ?? {};
  return linearIn.some((name) => ofOutputs.includes(name)) ? classes - 1 : classes;
}
