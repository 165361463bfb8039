/**
 * The choice of a dispatcher when the caller leaves it open. It depends on the gate, the capacity, the backend and the sizes,
 * and never changes the result: without a capacity nothing is dropped, with one the same pairs are dropped everywhere.
 */
import * as tf from '@tensorflow/tfjs-core';
import { SORT_BY_EXPERT } from '@tfjs-moe/core/kernels';
import { hasKernel } from '../tensor/own-kernel.ts';
import { capacityDispatch, droppingDispatch } from './capacity.ts';
import { denseDispatch } from './dense.ts';
import type { Dispatcher } from './dispatcher.ts';
import { groupedDispatch } from './grouped.ts';

/** Names that the layer's option `dispatch` accepts. */
export const dispatchNames = ['auto', 'dense', 'capacity', 'grouped'] as const;
/** How tokens reach the experts: `'auto'` takes what was measured to be fastest on the backend at hand. */
export type DispatchName = (typeof dispatchNames)[number];

/** Backends whose tensors live in the process's own memory, where reading a selection back costs nothing. */
const readsBack: readonly string[] = ['cpu', 'wasm', 'tensorflow'];

/** Whether reading a tensor synchronously is cheap on the current backend. */
export function readsSynchronously(): boolean {
  return readsBack.includes(tf.getBackend());
}

/** What the choice depends on. */
export interface DispatchRequest {
  /** What the caller asked for. */
  readonly name: DispatchName | Dispatcher;
  readonly tokens: number;
  readonly experts: number;
  /** Static bound on the experts of one token. */
  readonly expertsPerToken: number;
  /** Numbers that one expert learns: about the multiplications that a token costs it. */
  readonly parameters: number;
  /** The capacity, if there is one. */
  readonly capacityOf: ((tokens: number) => number) | undefined;
}

export function chooseDispatcher(request: DispatchRequest): Dispatcher {
  const { name, capacityOf } = request;
  if (typeof name !== 'string') return capacityOf === undefined ? name : droppingDispatch(capacityOf, name);
  if (name === 'grouped') return groupedDispatch;
  if (name === 'dense') return denseDispatch;
  if (capacityOf === undefined) return groupingPays(request) ? groupedDispatch : denseDispatch;
  // Buffers of a fixed size are for GPUs; elsewhere the same pairs are dropped, and the others computed without padding.
  return name === 'auto' && groupingPays(request)
    ? droppingDispatch(capacityOf, groupedDispatch)
    : capacityDispatch(capacityOf);
}

/** What grouping costs, in multiplications of dense dispatch that could be done in the same time. */
interface GroupingCost {
  readonly batch: number;
  readonly row: number;
}

/**
 * Measured (forward, and with gradients) over D, H from 2, 1 to 256, 1024, E from 2 to 64, K of 1 and 2, T from 1 to 2048;
 * `bench strategies` repeats a part of it. With this rule a layer takes 2 % (cpu) and 7 % (wasm) longer than with the
 * better strategy in every single case; always grouping takes 23 % and 22 % longer, never grouping 73 % and 34 %. With
 * kernels for it, grouping takes 0.01 to 0.37 of the time everywhere. tfjs-node was not measured.
 */
const groupingCosts: Readonly<Record<string, GroupingCost>> = {
  cpu: { batch: 40_000, row: 0 },
  wasm: { batch: 0, row: 1000 },
};

/** Whether computing selected pairs alone saves more than bringing tokens to experts costs. */
function groupingPays({ tokens, experts, expertsPerToken, parameters }: DispatchRequest): boolean {
  if (expertsPerToken === experts || !readsSynchronously()) return false;
  const cost = groupingCosts[tf.getBackend()];
  if (cost === undefined || hasKernel(SORT_BY_EXPERT)) return true;
  const saved = tokens * (experts - expertsPerToken) * parameters;
  return saved > cost.batch + cost.row * tokens * expertsPerToken;
}
