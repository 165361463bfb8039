import {
  type Expert,
  type ExpertTraits,
  expectExperts,
  type Gate,
  type GateTraits,
  MoeError,
  type Router,
  type RouterTraits,
} from '@tfjs-moe/core';
import { expectPlugin } from '../measure/expect-plugin.ts';
import { coordinatesOf } from './coordinates.ts';
import { degreeIn, subsets } from './degrees.ts';
import { expectDeclaredExpert, expectDeclaredGate, expectDeclaredRouter } from './expect-declared.ts';
import { expertFormOf } from './expert-form.ts';
import { fewestInputs } from './fewest-inputs.ts';
import { gateFormOf } from './gate-form.ts';
import { gateSees } from './gate-sees.ts';
import { type Recorded, recordExpert, recordGate, recordRouter } from './record.ts';
import { routerFormOf } from './router-form.ts';
import { shiftsOf } from './shifts.ts';
import { unitsOf } from './units.ts';

/** Whether a definition says a trait of itself, or it was read from its formula. */
export type Source = 'declared' | 'found';

/** Traits, and where each comes from. Those that are neither declared nor found are absent. */
export type Read<T> = T & { readonly sources: Readonly<Partial<Record<keyof T, Source>>> };

const expertsRead = new WeakMap<Expert, Read<ExpertTraits>>();
const routersRead = new WeakMap<Router, Read<RouterTraits>>();
const gatesRead = new WeakMap<Gate, Map<number, Read<GateTraits>>>();

/**
 * What an expert is: what it declares, else what its formula is found to be.
 *
 * @throws MoeError for one that is not what it declares
 */
export function expertTraits(expert: Expert): Read<ExpertTraits> {
  expectPlugin('expertTraits', 'expert', expert);
  return once(expertsRead, expert, () => {
    const declared = expectDeclaredExpert(expert) ? expert.traits : undefined;
    return merged(declared, foundExpert(recordExpert(expert)));
  });
}

/**
 * What a router is: what it declares, else what its formula is found to be.
 *
 * @throws MoeError for one that is not what it declares
 */
export function routerTraits(router: Router): Read<RouterTraits> {
  expectPlugin('routerTraits', 'router', router);
  return once(routersRead, router, () => {
    const declared = expectDeclaredRouter(router) ? router.traits : undefined;
    return merged(declared, foundRouter(recordRouter(router)));
  });
}

/**
 * What a gate is: what it declares, else what its formula is found to be.
 * @param experts the number of experts that it is read for. Default: one that it can serve and selects among
 * @throws MoeError for one that is not what it declares
 */
export function gateTraits(gate: Gate, experts?: number): Read<GateTraits> {
  expectPlugin('gateTraits', 'gate', gate);
  if (experts !== undefined) expectExperts('gateTraits', 'experts', experts);
  const known = once(gatesRead, gate, () => new Map());
  const number = experts ?? servable(gate);
  return once(known, number, () => {
    const declared = expectDeclaredGate(gate, number) ? gate.traits : undefined;
    return merged(declared, foundGate(gate, number));
  });
}

/** What a definition is: what it declares of itself, else what its formula is found to be. */
export function traitsOf(of: Gate): Read<GateTraits>;
export function traitsOf(of: Router): Read<RouterTraits>;
export function traitsOf(of: Expert): Read<ExpertTraits>;
export function traitsOf(
  of: Gate | Router | Expert,
): Read<GateTraits> | Read<RouterTraits> | Read<ExpertTraits> {
  switch (of?.role) {
    case 'gate':
      return gateTraits(of);
    case 'router':
      return routerTraits(of);
    case 'expert':
      return expertTraits(of);
    default:
      throw new MoeError('traitsOf', 'a gate, a router or an expert must be given', of);
  }
}

function foundExpert(recorded: Recorded | undefined): ExpertTraits {
  if (recorded === undefined) return {};
  const form = expertFormOf(recorded);
  const linearIn = linearParameters(recorded);
  return { ...(form && { form }), ...(linearIn && { linearIn }), units: unitsOf(recorded) };
}

/** Of the sets that the output is linear in and that no larger one contains, the one nearest to the output. */
function linearParameters({ expression, specs }: Recorded): string[] | undefined {
  const names = Object.keys(specs);
  const sets = subsets(names).filter((set) => degreeIn(expression, new Set(set), 'linear') === 1);
  const largest = sets.filter(
    (set) => !sets.some((other) => other.length > set.length && set.every((name) => other.includes(name))),
  );
  const place = (set: readonly string[]) =>
    set.reduce((total, name) => total + names.indexOf(name), 0) / set.length;
  return largest.sort((a, b) => place(b) - place(a))[0];
}

function foundRouter(recorded: Recorded | undefined): RouterTraits {
  if (recorded === undefined) return {};
  const form = routerFormOf(recorded);
  const coordinates = coordinatesOf(recorded);
  return {
    ...(form && { form }),
    ...(coordinates && { coordinates }),
    homogeneous: homogeneitiesOf(recorded),
    shifts: shiftsOf(recorded),
    units: unitsOf(recorded),
  };
}

function homogeneitiesOf({ expression, specs }: Recorded): NonNullable<RouterTraits['homogeneous']> {
  const found: { parameters: string[]; degree: number }[] = [];
  for (const parameters of subsets(Object.keys(specs))) {
    if (found.some((smaller) => smaller.parameters.every((name) => parameters.includes(name)))) continue;
    const degree = degreeIn(expression, new Set(parameters));
    if (degree !== undefined) found.push({ parameters, degree });
  }
  return found;
}

function foundGate(gate: Gate, experts: number): GateTraits {
  const recorded = recordGate(gate, experts);
  const form = recorded && gateFormOf(recorded, gate.router);
  if (recorded === undefined || form !== undefined) return form ? { form } : {};
  const sees = gateSees(recorded, gate.router);
  return sees ? { sees } : {};
}

/** Numbers of experts at which a gate is read where nobody says how many there are. */
const numbers = [12, 8, 6, 4, 10, 9, 16, 7, 24, 32, 64, 5, 3, 2, 1, 128, 256];

/** A number of experts that a gate can serve, one that it selects among if it does. */
export function servable(gate: Gate): number {
  expectPlugin('servable', 'gate', gate);
  const selected = (experts: number) => {
    try {
      fewestInputs((inputDim) => gate.params(inputDim, experts), 2);
      return gate.expertsPerToken(experts);
    } catch {
      return Number.NaN;
    }
  };
  return (
    numbers.find((experts) => selected(experts) < experts) ??
    numbers.find((experts) => selected(experts) === experts) ??
    2
  );
}

/** Declared members, and what was found of those that are not declared. */
function merged<T extends object>(declared: T | undefined, found: T): Read<T> {
  const traits: Partial<T> = {};
  const sources: Partial<Record<keyof T, Source>> = {};
  for (const [source, members] of [
    ['found', found],
    ['declared', declared ?? {}],
  ] as const) {
    for (const [name, value] of Object.entries(members)) {
      if (value === undefined) continue;
      traits[name as keyof T] = value;
      sources[name as keyof T] = source;
    }
  }
  return { ...(traits as T), sources };
}

function once<K, T>(
  known: { get(key: K): T | undefined; set(key: K, value: T): unknown },
  key: K,
  make: () => T,
): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
