import type { DeviceTensor } from './tensors.ts';

/**
 * An object whose members are computed when somebody asks, and again where what was computed is disposed of by then, as it
 * is behind the `tidy` of whoever asked first.
 */
export function lazily<T extends object>(parts: { readonly [name in keyof T]: () => T[name] }): T {
  const made: { [name in keyof T]?: T[name] } = {};
  const all = {};
  for (const name of Object.keys(parts) as (keyof T & string)[]) {
    Object.defineProperty(all, name, {
      enumerable: true,
      get() {
        const before = [made[name]].flat() as Partial<DeviceTensor>[];
        if (!(name in made) || before.some(({ isDisposed }) => isDisposed)) made[name] = parts[name]();
        return made[name];
      },
    });
  }
  return Object.freeze(all) as T;
}
