import { expectExperts, expectInteger, MoeError } from '@tfjs-moe/core';

/** What stands for every token; nothing (null) where the token is padding. */
type PerToken<T> = readonly (T | null)[];

/** One call of one layer: which experts every token was sent to. Plain data, that can be filtered and stored as one likes. */
export interface TracedCall {
  /** Which batch or step of training it was. */
  readonly step: number;
  /** What the program was doing, such as `train` or `eval`. */
  readonly stage?: string;
  /** Which part of a larger model the layer belongs to. */
  readonly block?: string;
  /** Name of the layer, or its number in traces of other programs. */
  readonly layer: string | number;
  /** Which call of this layer in the step, from 0: layers that are shared, or called for every time step, have several. */
  readonly call: number;
  /** Number of experts E. */
  readonly experts: number;
  /** Static bound K on the experts of one token. */
  readonly expertsPerToken: number;
  /** Of every token its experts, 0 to E - 1, in order of priority; null where it is padding. */
  readonly choices: PerToken<readonly number[]>;
  /** The combine weights of these experts, in their order. */
  readonly weights?: PerToken<readonly number[]>;
  /** The score of the last chosen expert less that of the best rejected one; null for padding, and where all are chosen. */
  readonly margins?: PerToken<number>;
  /** What a token is: its id, its class, its domain. */
  readonly labels?: PerToken<string | number>;
}

/** The routing of a batch, a training or a data set: calls of layers in the order in which they happened. */
export type RoutingTrace = readonly TracedCall[];

/** Which call it is, for whoever looks for the same one in another trace, and for errors. */
export function callName({ step, block, layer, call }: TracedCall): string {
  return `step ${step}, ${block === undefined ? '' : `block ${block}, `}layer ${layer}, call ${call}`;
}

/** A trace as it must be: checks what came from elsewhere. */
export function expectTrace(who: string, trace: unknown): RoutingTrace {
  if (!Array.isArray(trace)) throw new MoeError(who, 'a trace must be a list of calls', trace);
  const seen = new Set<string>();
  for (const [i, call] of Array.from<unknown>(trace).entries()) {
    const name = callName(expectCall(who, `call ${i} of the trace`, call));
    if (seen.has(name)) throw new MoeError(who, `${name} is twice in the trace`);
    seen.add(name);
  }
  return trace as RoutingTrace;
}

/** One call as it must be. */
export function expectCall(who: string, what: string, given: unknown): TracedCall {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new MoeError(who, `${what} must be an object`, given);
  const traced = given as Record<string, unknown>;
  const { layer } = traced;
  if (!isName(layer)) throw new MoeError(who, `${what}: layer must be a name or a number`, layer);
  for (const name of ['stage', 'block']) {
    if (traced[name] !== undefined && typeof traced[name] !== 'string')
      throw new MoeError(who, `${what}: ${name} must be a string`, traced[name]);
  }
  expectInteger(who, `${what}: step`, traced.step, { min: 0 });
  expectInteger(who, `${what}: call`, traced.call, { min: 0 });
  const experts = expectExperts(who, `${what}: experts`, traced.experts);
  const most = expectInteger(who, `${what}: expertsPerToken`, traced.expertsPerToken, {
    min: 1,
    max: experts,
  });
  const choices = expectList(who, `${what}: choices`, traced.choices);
  choices.forEach((row, t) => {
    expectRow(who, `${what}, token ${t}`, row, experts, most);
  });
  for (const name of ['weights', 'margins', 'labels'] as const) {
    if (traced[name] === undefined) continue;
    const values = expectList(who, `${what}: ${name}`, traced[name]);
    if (values.length !== choices.length)
      throw new MoeError(
        who,
        `${what}: ${name} must have one entry per token (${choices.length})`,
        values.length,
      );
    values.forEach((value, t) => {
      expectEntry(who, `${what}, token ${t}: ${name}`, name, value, choices[t] as number[] | null);
    });
  }
  return traced as unknown as TracedCall;
}

function expectRow(who: string, what: string, row: unknown, experts: number, most: number): void {
  if (row === null) return;
  const chosen = expectList(who, `${what}: the choices, unless null,`, row);
  if (chosen.length > most) throw new MoeError(who, `${what}: there must be at most ${most} experts`, chosen);
  for (const expert of chosen) expectInteger(who, `${what}: an expert`, expert, { min: 0, max: experts - 1 });
  if (new Set(chosen).size < chosen.length)
    throw new MoeError(who, `${what}: an expert must not be chosen twice`, chosen);
}

function expectEntry(
  who: string,
  what: string,
  name: 'weights' | 'margins' | 'labels',
  value: unknown,
  row: readonly number[] | null,
): void {
  if (name === 'labels') {
    if (value !== null && !isName(value))
      throw new MoeError(who, `${what} must be a string, a number or null`, value);
  } else if (name === 'margins') {
    if (value !== null && typeof value !== 'number')
      throw new MoeError(who, `${what} must be a number or null`, value);
  } else if (row === null) {
    if (value !== null) throw new MoeError(who, `${what} must be null for padding`, value);
  } else {
    const weights = expectList(who, what, value);
    if (weights.length !== row.length || !weights.every((weight) => typeof weight === 'number'))
      throw new MoeError(who, `${what} must be ${row.length} numbers`, value);
  }
}

function isName(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isFinite(value);
}

function expectList(who: string, what: string, value: unknown): readonly unknown[] {
  // Holes are no entries.
  if (Array.isArray(value)) return Array.from<unknown>(value);
  throw new MoeError(who, `${what} must be a list`, value);
}
