/**
 * The choice of a dispatcher when the caller leaves it open. It depends on the gate, the capacity and the backend, and
 * never changes the result: without a capacity nothing is dropped, with one the same pairs are dropped everywhere.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Gate } from '@tfjs-moe/core';
import { capacityDispatch } from './capacity.ts';
import { denseDispatch } from './dense.ts';
import type { Dispatcher } from './dispatcher.ts';
import { groupedDispatch } from './grouped.ts';

/** Names that the layer's option `dispatch` accepts. */
export const dispatchNames = ['auto', 'dense', 'capacity', 'grouped'] as const;
export type DispatchName = (typeof dispatchNames)[number];

/** Backends whose tensors live in the process's own memory, where reading a selection back costs nothing. */
const readsBack: readonly string[] = ['cpu', 'wasm', 'tensorflow'];

/** Whether reading a tensor synchronously is cheap on the current backend. */
export function readsSynchronously(): boolean {
  return readsBack.includes(tf.getBackend());
}

/**
 * @param name what the caller asked for
 * @param gate tells whether most experts are unused by a token
 * @param experts number of experts
 * @param capacityOf the capacity, if there is one
 */
export function chooseDispatcher(
  name: DispatchName,
  gate: Gate,
  experts: number,
  capacityOf: ((tokens: number) => number) | undefined,
): Dispatcher {
  if (capacityOf !== undefined && name !== 'dense' && name !== 'grouped') return capacityDispatch(capacityOf);
  if (name === 'grouped') return groupedDispatch;
  if (name === 'dense' || gate.expertsPerToken(experts) === experts) return denseDispatch;
  return readsSynchronously() ? groupedDispatch : denseDispatch;
}
