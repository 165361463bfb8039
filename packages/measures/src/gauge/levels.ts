import {
  type CompetitiveForm,
  type GateForm,
  type GateParamSpec,
  runCount,
  runSizes,
  type SigmoidForm,
} from '@tfjs-moe/core';

/** A run of copies of a parameter. */
export interface Copies {
  readonly first: number;
  readonly count: number;
}

/** A form with one router in a gate, and how often: once, or once in every group of the levels above. */
export interface Level {
  readonly form: CompetitiveForm | SigmoidForm;
  /** How many experts, or groups of them, it weighs each time: the sizes differ in groups of unequal sizes alone. */
  readonly sizes: readonly number[];
}

/** The levels of a gate for so many experts, the outermost first; of a flat gate, itself. */
export function levelsOf(form: GateForm, experts: number): Level[] {
  return levelsIn(form, [experts]);
}

/** Of a form that so many experts are weighed by each time. */
function levelsIn(form: GateForm, sizes: readonly number[]): Level[] {
  if (form.type !== 'hierarchical') return [{ form, sizes }];
  const { groups, outer, inner } = form;
  const members = sizes.flatMap((size) => runSizes('levelsOf', groups, size));
  return [
    ...levelsIn(
      outer,
      sizes.map(() => runCount(groups)),
    ),
    ...levelsIn(inner, members),
  ];
}

/** How many experts, or groups of them, a level weighs in all its instances. */
export function unitsOf({ sizes }: Pick<Level, 'sizes'>): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The copies of a parameter that one instance of a level has for its own; of a shared parameter all. */
export function copiesIn(
  level: Pick<Level, 'sizes'>,
  { copies, shared }: GateParamSpec,
  instance: number,
): Copies {
  if (shared) return { first: 0, count: copies };
  const { sizes } = level;
  if (copies === unitsOf(level)) {
    const first = sizes.slice(0, instance).reduce((sum, size) => sum + size, 0);
    return { first, count: sizes[instance]! };
  }
  const count = copies / sizes.length;
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
