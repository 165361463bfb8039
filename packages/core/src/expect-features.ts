import { MoeError } from './errors.ts';
import { expectInteger } from './expect.ts';

/** A list of indices of features, each at most once. */
export function expectFeatures(who: string, option: string, value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw new MoeError(who, `${option} must be a list of indices from 0`, value);
  value.forEach((feature, i) => {
    expectInteger(who, `${option}[${i}]`, feature, { min: 0 });
  });
  if (new Set(value).size === value.length) return Object.freeze([...value]);
  throw new MoeError(who, `${option} must name every feature at most once`, value);
}

/** Refuses inputs that lack some of the features. */
export function expectInputsWith(who: string, features: readonly number[], inputDim: number): void {
  const last = Math.max(-1, ...features);
  if (last >= inputDim)
    throw new MoeError(who, `features must be below the number of inputs (${inputDim})`, last);
}
