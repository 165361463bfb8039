/**
 * What theory can judge: routers, gates and experts that are written over Ops, so that they can be differentiated
 * exactly and enclosed in balls.
 */
import { type Expert, type Gate, MoeError } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { columns, columnsOf } from '@tfjs-moe/numerics';
import { jacobianFamily } from '../families/jacobian.ts';

const who = 'identifiability';
const WHY =
  'theory differentiates definitions exactly and encloses them in balls, which needs a definition over Ops';

/** Refuses escape hatches, such as experts that are layers of tfjs, before anything is computed. */
export function expectDefinitions(gate: unknown, expert: unknown): void {
  if (isHatch(expert)) {
    throw new MoeError(who, `an expert made of layers cannot be judged: ${WHY}; write it with defineExpert`);
  }
  if ((gate as Partial<Gate> | undefined)?.role !== 'gate')
    throw new MoeError(who, 'gate must be a gate', gate);
  if ((expert as Partial<Expert> | undefined)?.role !== 'expert')
    throw new MoeError(who, 'expert must be an expert', expert);
  const { route, params, kind } = gate as Gate;
  if (typeof route !== 'function' || typeof params !== 'function')
    throw new MoeError(who, `the gate ${kind} cannot be judged: ${WHY}; write it with defineGate`);
  if (typeof (expert as Expert).apply !== 'function')
    throw new MoeError(
      who,
      `the expert ${(expert as Expert).kind} cannot be judged: ${WHY}; write it with defineExpert`,
    );
}

/** `layerExperts` of the layers package, or the config that a saved model has of them. */
function isHatch(expert: unknown): boolean {
  if (typeof expert === 'function') return true;
  if (typeof expert !== 'object' || expert === null) return false;
  const { role, kind } = expert as { role?: unknown; kind?: unknown };
  return role === 'layerExperts' || (role === undefined && kind === 'layers');
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
    throw new MoeError(who, `${of.gate.kind} with ${of.expert.kind} cannot be judged: ${WHY} (${reason})`);
  }
}
