import { MoeError } from '@tfjs-moe/core';
import { type MeasureShape, measureSpecs } from '@tfjs-moe/measures';
import { labelsOf } from '../mixture/held.ts';

/** A part of a mixture. */
export type Part = 'gate' | 'expert';

/** What a name of parameters means. */
export interface Pattern {
  readonly part: Part;
  /** Nothing for all of a part. */
  readonly name?: string | undefined;
  readonly entry?: string | undefined;
  readonly copy?: string | undefined;
  /** Where it is known what it is. */
  readonly value?: number | undefined;
}

const FORM = /^(gate|expert)(?:\/([^#[\]=\s]+))?(\[[\d,]+\])?(?:#(\d+))?(?:\s*=\s*(\S+))?$/;

/** Names as they are written in an option. */
export function patterns(who: string, option: string, given: readonly string[] = []): Pattern[] {
  if (!Array.isArray(given)) throw new MoeError(who, `${option} must be a list of names`, given);
  return given.map((text: unknown) => {
    const [, part, name, entry, copy, value] = (typeof text === 'string' && FORM.exec(text)) || [];
    const number = value === undefined ? undefined : Number(value);
    if (number !== undefined && !Number.isFinite(number))
      throw new MoeError(who, `${option} must hold names, of what is known with a number after =`, text);
    if (part !== undefined && !(entry !== undefined && name === undefined))
      return { part: part as Part, name, entry, copy, value: number };
    throw new MoeError(who, `${option} must hold names such as expert/kernel, expert#0 or gate/bias`, text);
  });
}

/** The parameters that a name means, which training may change. */
export function matchedIn(
  who: string,
  specs: ReturnType<typeof measureSpecs>,
  option: string,
  given: string,
  pattern: Pattern,
): (Pattern & { readonly name: string })[] {
  const own = specs[pattern.part];
  const names = Object.keys(own).filter((name) => isNamed(name, pattern.name));
  const found = names.filter((name) => own[name]!.trainable !== false);
  if (found.length > 0) return found.map((name) => ({ ...pattern, name }));
  const open = Object.keys(own).map((name) => `${pattern.part}/${name}`);
  throw new MoeError(who, `${option} must name parameters of the model: ${open.join(', ')}`, given);
}

/** A name, or all under a path. */
const isNamed = (name: string, wanted: string | undefined) =>
  wanted === undefined || name === wanted || name.startsWith(`${wanted}/`);

/** The numbers that a name means, by their names in relations. */
export function labelsIn(
  who: string,
  option: string,
  shape: MeasureShape,
  { part, name, entry, copy }: Pattern,
): readonly string[] {
  const specs = measureSpecs(shape)[part];
  const labels = labelsOf(part, name!, specs).filter((label) => {
    const [, place, of] = /(\[[\d,]+\])(?:#(\d+))?$/.exec(label)!;
    return (entry === undefined || entry === place) && (copy === undefined || copy === (of ?? '0'));
  });
  // A path such as `expert#0` may lead to parameters that all experts share.
  const isShared = specs[name!]!.copies === 1 && shape.experts > 1;
  if (isShared && copy !== undefined) return [];
  if (labels.length > 0) return labels;
  const which = `${entry ?? ''}${copy === undefined ? '' : `#${copy}`}`;
  throw new MoeError(who, `${option}: there is no ${which} of ${part}/${name}`);
}
