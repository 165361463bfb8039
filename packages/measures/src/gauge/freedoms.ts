import {
  type CommonShift,
  type Freedom,
  type GateForm,
  type Numbers,
  type ParamSpecs,
  paramSize,
} from '@tfjs-moe/core';
import { routerTraits } from '../reading/traits-of.ts';
import { type Copies, copiesIn, type Level, levelsOf, routerName } from './levels.ts';

/** A freedom that follows from a gate's form. */
export interface FormFreedom extends Freedom {
  /** The copies that move together, those of the softmax that does not see it. */
  readonly moved: Copies;
  /** Whether biases make up for what it does to the scores. */
  readonly hasOffset: boolean;
}

/**
 * What the softmaxes of a gate do not see: a common shift of the biases, and of every parameter in which all experts'
 * scores may be shifted. By convention the last copy is fixed.
 *
 * Where a shift leaves an offset, as the centres of a Euclidean router do, a bias must be there to make up for it, and a
 * selection by the scores alone would see it. A hierarchical softmax has these freedoms in each level and group; a sigmoid
 * has none. What training may not change does not move.
 */
export function freedomsOf(form: GateForm, specs: ParamSpecs, experts: number): FormFreedom[] {
  return levelsOf(form, experts).flatMap((level) => freedomsIn(level, specs));
}

/** Those of one level. */
export function freedomsIn(level: Level, specs: ParamSpecs): FormFreedom[] {
  if (level.form.type === 'sigmoid') return [];
  return level.sizes.flatMap((_, instance) => [
    ...shiftsOf(level, specs, instance),
    ...biasOf(level, specs, instance),
  ]);
}

function biasOf(level: Level, specs: ParamSpecs, instance: number): FormFreedom[] {
  const { bias } = level.form;
  return bias === undefined ? [] : shift(level, specs, instance, bias);
}

function shiftsOf(level: Level, specs: ParamSpecs, instance: number): FormFreedom[] {
  const { router, bias, selection } = level.form;
  const takesOffsets = isLearned(specs, bias) && selection?.by !== 'scores';
  const { shifts = [] } = routerTraits(router);
  return shifts
    .filter(({ offset }) => offset === undefined || takesOffsets)
    .flatMap(({ parameter, offset }) =>
      shift(level, specs, instance, routerName(level.form, parameter), offset),
    );
}

function isLearned(specs: ParamSpecs, name: string | undefined): boolean {
  return name !== undefined && specs[name] !== undefined && specs[name].trainable !== false;
}

/** Nothing where training may not change the parameter. */
function shift(
  level: Level,
  specs: ParamSpecs,
  instance: number,
  name: string,
  offset?: CommonShift['offset'],
): FormFreedom[] {
  if (!isLearned(specs, name)) return [];
  const spec = specs[name]!;
  const size = paramSize(spec);
  const moved = copiesIn(level, spec, instance);
  const { bias } = level.form;

  function move(numbers: Numbers, t: readonly number[]): Numbers {
    const own = numbers[name]!;
    const shifted = inCopies(own, size, moved, (value, i) => value + t[i]!);
    if (offset === undefined || bias === undefined) return { ...numbers, [name]: shifted };
    const copyOf = (e: number) => own.slice((moved.first + e) * size, (moved.first + e + 1) * size);
    const biases = copiesIn(level, specs[bias]!, instance);
    const made = inCopies(numbers[bias]!, 1, biases, (value, _, e) => value - offset(copyOf(e), t));
    return { ...numbers, [name]: shifted, [bias]: made };
  }
  return [
    {
      fixed: [{ name, copy: moved.first + moved.count - 1 }],
      moved,
      hasOffset: offset !== undefined,
      move,
    },
  ];
}

/** Numbers with those of some copies changed. */
function inCopies(
  numbers: readonly number[],
  size: number,
  { first, count }: Copies,
  change: (value: number, index: number, copy: number) => number,
): number[] {
  return numbers.map((value, place) => {
    const copy = Math.floor(place / size) - first;
    return copy < 0 || copy >= count ? value : change(value, place % size, copy);
  });
}
