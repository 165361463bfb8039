/**
 * What theory can judge: routers, gates and experts that are written over Ops, so that they can be differentiated
 * exactly and enclosed in balls.
 */
import {
  type Expert,
  type Gate,
  getExpert,
  getGate,
  type Identifier,
  MoeError,
  type Plugin,
  type Role,
} from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { columns, columnsOf } from '@tfjs-moe/numerics';
import { jacobianFamily } from '../families/jacobian.ts';

const WHY =
  'theory differentiates definitions exactly and encloses them in balls, which needs a definition over Ops';

/**
 * Gate and expert from themselves, their configs or their kinds. Refuses escape hatches, such as experts that are layers of
 * tfjs, before anything is computed.
 */
export function definitionsOf<const GateKind extends string, const ExpertKind extends string>(
  gate: Identifier<Gate, GateKind>,
  expert: Identifier<Expert, ExpertKind>,
  who = 'identifiability',
): { readonly gate: Gate; readonly expert: Expert } {
  if (isHatch(expert)) {
    throw new MoeError(who, `an expert made of layers cannot be judged: ${WHY}; write it with defineExpert`);
  }
  if (isOneOf(expert, 'mixedExperts', 'mixed')) {
    throw new MoeError(
      who,
      'experts of several definitions cannot be judged together; ask about one definition',
    );
  }
  if (lacks(gate, 'gate', ['route', 'params']))
    throw new MoeError(who, `the gate ${gate.kind} cannot be judged: ${WHY}; write it with defineGate`);
  if (lacks(expert, 'expert', ['apply']))
    throw new MoeError(who, `the expert ${expert.kind} cannot be judged: ${WHY}; write it with defineExpert`);
  const judged = getGate(gate, `${who}: gate`);
  if (judged.readsBatch === 'always')
    throw new MoeError(
      who,
      `the gate ${judged.kind} cannot be judged: its routing depends on the other tokens of a batch, so that its mixture is no function of one input`,
    );
  return { gate: judged, expert: getExpert(expert, `${who}: expert`) };
}

/** Whether something says that it plays a role, and has not the functions for it. */
function lacks(given: unknown, role: Role, functions: readonly string[]): given is Plugin {
  if (typeof given !== 'object' || given === null || (given as Partial<Plugin>).role !== role) return false;
  return functions.some((name) => typeof (given as Readonly<Record<string, unknown>>)[name] !== 'function');
}

/** `layerExperts` of the layers package, or the config that a saved model has of them. */
function isHatch(expert: unknown): boolean {
  return typeof expert === 'function' || isOneOf(expert, 'layerExperts', 'layers');
}

function isOneOf(expert: unknown, ownRole: string, savedKind: string): boolean {
  const { role, kind } = (expert ?? {}) as { role?: unknown; kind?: unknown };
  return role === ownRole || (role === undefined && kind === savedKind);
}

/** Refuses definitions that only look like ones over Ops: they are evaluated once, and must not use anything else. */
export function expectEvaluation(of: MixingMeasure): void {
  try {
    jacobianFamily(of).evaluate(
      columns,
      columnsOf([Array.from({ length: of.inputDim }, (_, u) => (u + 1) / 8)]),
    );
  } catch (error) {
    if (error instanceof MoeError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new MoeError(
      'identifiability',
      `${of.gate.kind} with ${of.expert.kind} cannot be judged: ${WHY} (${reason})`,
    );
  }
}
