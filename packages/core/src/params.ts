/**
 * Parameter specifications: what a router, gate or expert owns, before any interpretation gives it numbers.
 *
 * A parameter is a vector, shape [F], or a kernel, shape [features in, features out]. It exists once per expert
 * unless it is `shared`. Names are paths (`router/kernel`), so that parts compose without clashes.
 */
import { MoeError } from './errors.ts';
import type { InitializerConfig } from './initializer.ts';
import { limits } from './limits.ts';

/** Box in which a parameter must stay, both ends inclusive. */
export interface Constraint {
  readonly min?: number;
  readonly max?: number;
}

/** One parameter of a router or expert. */
export interface ParamSpec {
  /** [F] or [features in, features out]: the shape for one expert. */
  readonly shape: readonly [number] | readonly [number, number];
  readonly initializer: InitializerConfig;
  readonly constraint?: Constraint;
  /** One tensor for all experts instead of one per expert. Default false. */
  readonly shared?: boolean;
  /** Whether an optimiser may change it. Default true. */
  readonly trainable?: boolean;
  /** Whether the gate's own `update` changes it, once per step of the optimiser, which then may not. Default false. */
  readonly state?: boolean;
}

/** One parameter of a gate: how many copies there are is the gate's business (experts, groups, one). */
export interface GateParamSpec extends ParamSpec {
  /** Leading axis of the stored weight [copies, ...shape]: the number of experts or groups, or 1 when shared. */
  readonly copies: number;
}

/** Numbers of parameters by name: of each all copies one after the other, row by row, as layers store them. */
export type Numbers = Readonly<Record<string, readonly number[]>>;

/** Names of parameters with whatever belongs to each; an optional name of `P` stays optional. */
export type Named<P, T> = { readonly [name in keyof P]: T };

/** The parameters of a gate, or of all experts, by name. */
export type ParamSpecs = Readonly<Record<string, GateParamSpec>>;

/** Parameters whose names are not known to the type system. */
// biome-ignore lint/suspicious/noExplicitAny: the erased form must accept every definition's own parameter names
export type AnyParams = any;

/** Gives each parameter of a router its number of copies among `experts` experts. */
export function replicate(
  specs: Readonly<Record<string, ParamSpec>>,
  experts: number,
): Record<string, GateParamSpec> {
  return mapNames(specs, (spec) => ({ ...spec, copies: spec.shared ? 1 : experts }));
}

/** Puts every name under a path: `kernel` becomes `router/kernel`. An empty path changes nothing. */
export function prefixed<T>(path: string, named: Readonly<Record<string, T>>): Record<string, T> {
  const start = startOf(path);
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [`${start}${name}`, value]));
}

/** The inverse of `prefixed`: everything under a path, with the path taken off; under an empty path everything. */
export function scoped<T>(path: string, named: Readonly<Record<string, T>>): Record<string, T> {
  const start = startOf(path);
  const inside = Object.entries(named).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(inside.map(([name, value]) => [name.slice(start.length), value]));
}

const startOf = (path: string) => (path === '' ? '' : `${path}/`);

/** Number of scalars in one copy of a parameter. */
export function paramSize(spec: ParamSpec): number {
  return spec.shape.reduce<number>((product, size) => product * size, 1);
}

/**
 * Refuses weights that are too large to be allocated (`limits`), one by one or all together, before any is.
 * @param who named in errors
 * @param specs all parameters of a layer
 */
export function expectAffordable(who: string, specs: ParamSpecs): void {
  const text = (numbers: number) => numbers.toLocaleString('en-US');
  let total = 0;
  for (const [name, spec] of Object.entries(specs)) {
    const size = spec.copies * paramSize(spec);
    total += size;
    if (size <= limits.numbersOfWeight) continue;
    const shape = [spec.copies, ...spec.shape].join(', ');
    const rule = `a weight may hold ${text(limits.numbersOfWeight)} numbers, and ${name} would be [${shape}]`;
    throw new MoeError(who, rule, size);
  }
  if (total <= limits.numbersOfLayer) return;
  throw new MoeError(who, `all weights may hold ${text(limits.numbersOfLayer)} numbers together`, total);
}

/** Applies a function to every entry and keeps the names. */
export function mapNames<A, B>(
  named: Readonly<Record<string, A>>,
  map: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, map(value, name)]));
}
