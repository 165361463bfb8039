import { MoeError, type Numbers, type Ops, type ParamSpec } from '@tfjs-moe/core';
import {
  type Family,
  familyName,
  gateTraits,
  isSameFamily,
  type LawImage,
  type MeasureShape,
} from '@tfjs-moe/measures';
import { whereAtomsChangePlaces } from '../mixture/where-atoms-change-places.ts';

/** The expert's parameter that says which law it has: 1 in the place of its family, 0 in all others. Known, and drawn nowhere. */
export const LAW = 'law/family';

/** Experts with laws of their own. */
export interface LawsPerExpert {
  /** One of each family, all under one transform. */
  readonly images: readonly LawImage[];
  /** The place of each expert's family among them. */
  readonly ofExpert: readonly number[];
}

/**
 * How families of single experts are judged beside each other. A relation between densities is one between images only where
 * all images are under one transform, so that each family has its own or the one beside it that all have.
 *
 * A density that is known up to a factor $c_e$ says the same: where laws of different families share no equation, a sum
 * $\sum_e D_e(x, y)$ of jets of theirs vanishes only if the part of each family does, and of that part its factor can be
 * taken out. Gaussian densities are entire in y; a t law has the branch points or poles $h \pm i\sigma\sqrt\nu$, around which
 * it turns by $-\pi (\nu + 1)$, and vanishes at infinity where it has none. So a part that is to be cancelled by others has
 * no singular point left, by which it is 0.
 *
 * @throws MoeError for families without an image, without one in common, and for laws whose factors would matter
 */
export function lawsPerExpert(who: string, families: readonly Family[]): LawsPerExpert {
  const distinct = families.filter((family, e) => places(families, family) === e);
  const own = distinct.map((family) => {
    const images = [family.image, family.imageBeside].filter((image) => image !== undefined);
    if (images.length > 0) return images;
    throw new MoeError(who, `the family ${family.kind} cannot be judged: it has no image over Ops`);
  });
  const shared = own[0]!.map(({ name }) => name).find((name) => own.every((images) => named(images, name)));
  if (shared === undefined)
    throw new MoeError(
      who,
      `the families ${distinct.map(familyName).join(', ')} cannot be judged beside each other: no transform is known of all`,
    );
  const images = own.map((all) => named(all, shared)!);
  images.forEach((image, i) => {
    if (image.kernel !== undefined) return;
    const other = images.findIndex(({ lawsOf }, j) => j !== i && (lawsOf ?? '') === (image.lawsOf ?? ''));
    if (other < 0) return;
    const pair = [distinct[i]!, distinct[other]!].map(({ config }) => JSON.stringify(config));
    throw new MoeError(
      who,
      `the families ${pair.join(' and ')} cannot be judged beside each other: their densities are known up to factors, which matter where such laws may share an equation`,
    );
  });
  return { images, ofExpert: families.map((family) => places(distinct, family)) };
}

const places = (families: readonly Family[], family: Family) =>
  families.findIndex((other) => isSameFamily(other, family));

const named = (images: readonly LawImage[], wanted: string) => images.find(({ name }) => name === wanted);

/** $\sum_f m_f\, \ell_f(s; h, \varphi)$ with $m$ the entries of an expert's `law/family`. */
export function mixedImage<V>(
  ops: Ops<V>,
  { images }: LawsPerExpert,
  mask: V,
  image: (image: LawImage) => V,
): V {
  return images
    .map((each, f) => ops.mul(ops.take(mask, [f]), image(each)))
    .reduce((sum, term) => ops.add(sum, term));
}

/** The specification of `law/family`. */
export function lawSpec({ images }: LawsPerExpert): ParamSpec {
  return { shape: [images.length], initializer: { kind: 'zeros' }, trainable: false };
}

/** The values of `law/family`, expert after expert. */
export function lawNumbers({ images, ofExpert }: LawsPerExpert): number[] {
  return ofExpert.flatMap((own) => images.map((_, f) => (f === own ? 1 : 0)));
}

/**
 * What is known of laws before anything is estimated: which each expert has, and that one without a number beside its outputs
 * has none, for which 1 stands.
 *
 * @param numbers the names of the numbers beside the outputs
 */
export function knownOfLaws(
  laws: LawsPerExpert,
  numbers: ReadonlyMap<string, string>,
): { readonly held: ReadonlySet<string>; readonly at: ReadonlyMap<string, number> } {
  const { images, ofExpert } = laws;
  const at = new Map<string, number>();
  lawNumbers(laws).forEach((value, i) => {
    at.set(`expert/${LAW}[${i % images.length}]#${Math.floor(i / images.length)}`, value);
  });
  const held = new Set<string>();
  for (const [name, parameter] of numbers)
    ofExpert.forEach((own, e) => {
      if (images[own]!.dispersion?.name === name) return;
      held.add(`expert/${parameter}[0]#${e}`);
      at.set(`expert/${parameter}[0]#${e}`, 1);
    });
  return { held, at };
}

/** Parameters as a reader gives and sees them: without `law/family`. */
export function withoutLaws({ [LAW]: _, ...numbers }: Numbers): Numbers {
  return numbers;
}

/** What a reader must know of laws per expert: where images are known up to factors, and what an over-fitted atom is fitted by. */
export function lawNotes({ images }: LawsPerExpert): { readonly both: string[]; readonly second: string[] } {
  const isUpToFactors = images.some(({ kernel }) => kernel === undefined);
  return {
    both: isUpToFactors
      ? ['constant factors of the densities do not matter: laws of these families share no equation']
      : [],
    second: ['atoms that are over-fitted are fitted by experts of their own family'],
  };
}

/** Atoms of one family change places, where nothing else tells them apart. */
export function permutationsOf(
  { ofExpert }: LawsPerExpert,
  { gate, experts }: Pick<MeasureShape, 'gate' | 'experts'>,
  restriction: readonly string[],
): string[] {
  if (new Set(ofExpert).size === experts) return [];
  const where = whereAtomsChangePlaces(gateTraits(gate, experts).form);
  const which = restriction.length > 0 ? ' of which nothing is known' : '';
  return [`permutations: atoms of one family${which} change places${where}`];
}
