import type { CompetitiveForm, GateForm, GateParamSpec, SigmoidForm } from '@tfjs-moe/core';

/** A run of copies of a parameter. */
export interface Copies {
  readonly first: number;
  readonly count: number;
}

/** A form with one router in a gate, and how often: once, or once in every group of the levels above. */
export interface Level {
  readonly form: CompetitiveForm | SigmoidForm;
  /** How many experts, or groups of them, it weighs each time. */
  readonly experts: number;
  readonly instances: number;
}

/** The levels of a gate for so many experts, the outermost first; of a flat gate, itself. */
export function levelsOf(form: GateForm, experts: number, instances = 1): Level[] {
  if (form.type !== 'hierarchical') return [{ form, experts, instances }];
  const { groups, outer, inner } = form;
  return [...levelsOf(outer, groups, instances), ...levelsOf(inner, experts / groups, instances * groups)];
}

/** The copies of a parameter that one instance of a level has for its own; of a shared parameter all. */
export function copiesIn(
  { instances }: Pick<Level, 'instances'>,
  { copies, shared }: GateParamSpec,
  instance: number,
): Copies {
  if (shared) return { first: 0, count: copies };
  const count = copies / instances;
  return { first: instance * count, count };
}

/** The name that a parameter of a level's router has in the gate. */
export function routerName({ path }: Level['form'], parameter: string): string {
  return path === '' ? parameter : `${path}/${parameter}`;
}

/** A level's parameters by what they are. */
export function namesOf(form: Level['form'], inputDim: number): string[] {
  const { bias, selection, router } = form;
  const temperature = form.type === 'competitive' ? form.temperature : undefined;
  const others = [bias, temperature, selection?.bias].filter((name) => name !== undefined);
  return [...Object.keys(router.params(inputDim)).map((name) => routerName(form, name)), ...others];
}
