import { type Activation, type AnyParams, type Expert, MoeError, mapNames, type Ops } from '@tfjs-moe/core';
import { type Factor, namedActivation, type SwiGlu, swiGlu } from './factors.ts';

/** An expert as the operator has it: an affine map, an activation or a gated pair of maps, and another affine map. */
export type ExpertShape = {
  /** Of the first map, or of the gating factor; the names of its parameters. */
  readonly first: AffineNames;
  readonly last: AffineNames;
} & (
  | { readonly activation: Activation; readonly second?: undefined }
  /** The other factor, where the hidden units are a product. */
  | { readonly second: AffineNames; readonly swiGlu: SwiGlu }
);

/** The parameters of an affine map. */
export interface AffineNames {
  readonly kernel: string;
  readonly bias?: string;
}

/** What was done to get a value. */
interface Step {
  readonly operation: string;
  readonly of: readonly unknown[];
}

/**
 * What an expert computes, as far as `com.microsoft.MoE` can: found by following its formula to the affine maps in it, and by
 * comparing what stands between them with what the operator has, number by number. So experts of one's own are recognised as
 * well, however they write a limit.
 * @throws MoeError for an expert of another form
 */
export function expertShape(who: string, expert: Expert, features: number, units: number): ExpertShape {
  const parameters = mapNames(
    expert.params(features, units) as Record<string, unknown>,
    (_, name): Step => ({ operation: 'parameter', of: [name] }),
  );
  const found = shapeOf(expert.apply(recorder, input, parameters as never as AnyParams as never));
  if (found !== undefined) return found;
  const rule =
    'com.microsoft.MoE has experts of two affine maps with identity, relu, silu or geluTanh between them, or of SwiGLU';
  throw new MoeError(who, rule, expert.kind);
}

const input: Step = { operation: 'input', of: [] };

/** Remembers every operation. */
const recorder = new Proxy({} as Ops<Step>, {
  get:
    (_, operation: string) =>
    (...of: unknown[]): Step => ({ operation, of }),
});

function shapeOf(output: Step): ExpertShape | undefined {
  const last = affineOf(output);
  if (last === undefined || last.activation !== 'identity') return undefined;
  const hidden = factorOf(last.x);
  if (hidden !== undefined) {
    const activation = namedActivation(hidden.value);
    return activation && { first: hidden.names, last: last.names, activation };
  }
  const factors = last.x.operation === 'mul' ? (last.x.of as Step[]).map(factorOf) : [];
  for (const [gate, up] of [factors, [...factors].reverse()]) {
    const found = gate && up && swiGlu(gate.value, up.value);
    if (found) return { first: gate.names, second: up.names, last: last.names, swiGlu: found };
  }
  return undefined;
}

/** What is made, unit by unit, of one affine map of the input and of nothing else. */
function factorOf(step: Step): { names: AffineNames; value: Factor } | undefined {
  const maps = new Map<string, AffineNames>();
  if (!isOfAffineMaps(step, maps) || maps.size !== 1) return undefined;
  const [names] = maps.values();
  return { names: names!, value: (ops, x) => evaluated(ops, step, x) };
}

/** Operations that see every unit for itself. */
const unitByUnit = ['constant', 'add', 'sub', 'mul', 'div', 'exp', 'log', 'sqrt', 'activation'];

/** Whether a value is made of affine maps of the input, which are collected, unit by unit. */
function isOfAffineMaps(step: Step, maps: Map<string, AffineNames>): boolean {
  const map = affineOf(step);
  if (map !== undefined) {
    maps.set(`${map.names.kernel} ${map.names.bias}`, map.names);
    return map.x === input;
  }
  return (
    unitByUnit.includes(step.operation) &&
    step.of.every((each) => !isStep(each) || isOfAffineMaps(each, maps))
  );
}

/** A value where the affine map in it is `x`. */
function evaluated<V>(ops: Ops<V>, step: Step, x: V): V {
  const map = affineOf(step);
  if (map !== undefined) return ops.activation(map.activation, x);
  const of = step.of.map((each) => (isStep(each) ? evaluated(ops, each, x) : each));
  return (ops as unknown as Record<string, (...of: unknown[]) => V>)[step.operation]!(...of);
}

function isStep(each: unknown): each is Step {
  return typeof each === 'object' && each !== null && 'operation' in each;
}

function affineOf(step: Step): { x: Step; names: AffineNames; activation: Activation } | undefined {
  if (step.operation !== 'affine') return undefined;
  const [x, kernel, bias, activation = 'identity'] = step.of as [Step, Step, Step?, Activation?];
  const nameOf = ({ operation, of }: Step) => (operation === 'parameter' ? (of[0] as string) : undefined);
  const [kernelName, biasName] = [nameOf(kernel), bias && nameOf(bias)];
  if (kernelName === undefined || (bias !== undefined && biasName === undefined)) return undefined;
  return { x, names: { kernel: kernelName, ...(biasName !== undefined && { bias: biasName }) }, activation };
}
