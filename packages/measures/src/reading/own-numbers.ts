import { type Numbers, type ParamSpec, paramSize } from '@tfjs-moe/core';

/** What one expert has for its own of the parameters of a router, by their names there. */
export function ownOf(
  specs: Readonly<Record<string, ParamSpec>>,
  numbers: Numbers,
  expert: number,
): Record<string, readonly number[]> {
  const own = Object.entries(specs).filter(([, { shared }]) => !shared);
  return Object.fromEntries(
    own.map(([name, spec]) => {
      const size = paramSize(spec);
      return [name, numbers[name]!.slice(expert * size, (expert + 1) * size)];
    }),
  );
}
