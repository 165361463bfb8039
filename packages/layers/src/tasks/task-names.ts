import { expectExperts, MoeError } from '@tfjs-moe/core';

/** Tasks by number or by name. A saved config holds `{ name }`, because tfjs rewrites every other text of a config. */
export type Tasks = number | readonly (string | { readonly name: string })[];

/**
 * The names of the tasks: those that were given, or `task_1`, `task_2`, ...
 * @param who named in errors
 * @param taken names that the layer itself uses
 */
export function taskNames(who: string, tasks: unknown, taken: readonly string[] = []): readonly string[] {
  if (typeof tasks === 'number') {
    const count = expectExperts(who, 'tasks', tasks);
    return Array.from({ length: count }, (_, task) => `task_${task + 1}`);
  }
  if (!Array.isArray(tasks) || tasks.length === 0)
    throw new MoeError(who, 'tasks must be a number of tasks or a list of their names', tasks);
  const names = Array.from(tasks, (task: unknown) => nameOf(task));
  names.forEach((name, i) => {
    if (typeof name !== 'string' || !/^[A-Za-z0-9][-\w]*$/.test(name) || taken.includes(name))
      throw new MoeError(
        who,
        `the name of a task must be letters (A to Z), digits and any of - _${taken.map((other) => `, and not ${other}`).join('')}`,
        name,
      );
    if (names.indexOf(name) !== i) throw new MoeError(who, 'tasks must have different names', name);
  });
  return names as string[];
}

function nameOf(task: unknown): unknown {
  return typeof task === 'object' && task !== null ? (task as { readonly name?: unknown }).name : task;
}
