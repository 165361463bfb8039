import type * as tf from '@tensorflow/tfjs-core';
import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import type { RoutingPlan } from '../routing-plan.ts';

/**
 * Who keeps a place in an expert that is asked for by more tokens than its capacity holds, as an option of `capacity`.
 */
export interface Priority {
  /** Under which it is saved, in lower camel case. */
  readonly name: string;
  /**
   * Of each of the plan's choices the pairs that keep a place, 0/1 [T, E]: at most `capacity` of all of them for each expert.
   * A token with a NaN among its weights keeps none.
   */
  keep(plan: RoutingPlan, capacity: number): readonly tf.Tensor2D[];
}

const defined = new Map<string, Priority>();

/** Makes a priority and enters it in the registry, so that a saved layer that names it can be loaded. */
export function definePriority(priority: Priority): Priority {
  if (development) {
    const { name, keep } = Object(priority) as Partial<Priority>;
    if (typeof name !== 'string' || typeof keep !== 'function')
      throw new MoeError('definePriority', 'a priority is { name, keep(plan, capacity) }', priority);
  }
  defined.set(priority.name, priority);
  return Object.freeze(priority);
}

/** Reads the option; nothing for that of GShard, which every dispatcher has. */
export function expectPriority(who: string, given: Priority | string | undefined): Priority | undefined {
  if (given === undefined || given === 'gshard') return undefined;
  const priority = typeof given === 'string' ? defined.get(given) : given;
  if (typeof priority?.keep === 'function') return priority;
  const hint = development
    ? ": probabilityPriority, batchPriority and tokenOrder of @tfjs-moe/layers are known by their names once imported, or by import '@tfjs-moe/layers/register'"
    : '';
  throw new MoeError(who, `capacity.priority must be 'gshard' or a priority${hint}`, given);
}
