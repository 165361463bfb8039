import { type Expert, expectInteger, expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import {
  expertTraits,
  type Family,
  type FamilyIdentifier,
  getFamily,
  type LawImage,
  readExpert,
} from '@tfjs-moe/measures';

/**
 * The law of the response given an expert, as `fitMaximumLikelihood` takes it: what is asked is then the conditional density
 * $\sum_e w_e(x)\, f(y; h_e(x), \varphi_e)$, and not the regression function $\sum_e w_e(x)\, h_e(x)$.
 */
export interface DensityModel {
  /** A family, its config or its kind. */
  readonly family: FamilyIdentifier;
  /** Whether every expert has a deviation, shape or $\theta$ of its own. Default `'own'`. */
  readonly variances?: 'own' | 'common';
  /** Of a class: how many there are. Default 3. */
  readonly classes?: number;
  /** Of a binomial response. Default 1. */
  readonly trials?: number;
}

/** A model with its defaults. */
export interface ReadModel {
  readonly family: Family;
  readonly image: LawImage;
  readonly variances: 'own' | 'common';
  readonly classes: number;
  readonly trials: number;
}

/** The model that somebody was given as an argument, checked. */
export function readModel(who: string, model: DensityModel): ReadModel {
  if (typeof model !== 'object' || model === null)
    throw new MoeError(who, 'model must be an object with a family', model);
  expectKnownOptions(who, model, ['family', 'variances', 'classes', 'trials']);
  const family = getFamily(model.family, who);
  const { image, isClass = false, hasTrials = false, dispersion } = family;
  if (image === undefined)
    throw new MoeError(who, `the family ${family.kind} cannot be judged: it has no image over Ops`);
  const refuse = (option: 'variances' | 'classes' | 'trials', isMeant: boolean) => {
    if (model[option] !== undefined && !isMeant)
      throw new MoeError(who, `the family ${family.kind} takes no ${option}`, model[option]);
  };
  refuse('variances', dispersion !== undefined);
  refuse('classes', isClass);
  refuse('trials', hasTrials);
  return {
    family,
    image,
    variances: expectOneOf(who, 'variances', model.variances ?? 'own', ['own', 'common']),
    classes: expectInteger(who, 'classes', model.classes ?? 3, { min: 2, max: 64 }),
    trials: expectInteger(who, 'trials', model.trials ?? 1, { min: 1, max: 1024 }),
  };
}

/** A model in words: `Gaussian with variances of their own`. */
export function describeModel({ family, variances, classes, trials }: ReadModel): string {
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
