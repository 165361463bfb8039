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

/** What grouping costs a batch and a row, in multiplications of dense dispatch that could be done in the same time. */
type GroupingCost = readonly [batch: number, row: number];

/**
 * Measured (forward, and with gradients) over D, H from 2, 1 to 256, 1024, E from 2 to 64, K of 1 and 2, T from 1 to 2048;
 * `bench strategies` repeats a part of it. With this rule a layer takes 2 % (cpu) and 7 % (wasm) longer than with the
 * better strategy in every single case; always grouping takes 23 % and 22 % longer, never grouping 73 % and 34 %. With
 * kernels for it, grouping takes 0.01 to 0.37 of the time everywhere. tfjs-node was not measured.
 */
const groupingCosts: Readonly<Record<string, GroupingCost>> = {
  cpu: [40_000, 0],
  wasm: [0, 1000],
  tensorflow: [0, 0],
};

/** Elsewhere, without kernels, reading the selection back stalls. */
const never: GroupingCost = [Infinity, 0];

/** Whether computing selected pairs alone saves more than bringing tokens to experts costs. */
function groupingPays({ tokens, experts, expertsPerToken, parameters }: DispatchRequest): boolean {
  const [batch, row] = groupingCosts[tf.getBackend()] ?? never;
  const saved = tokens * (experts - expertsPerToken) * parameters;
  return (
    experts > expertsPerToken && (hasKernel(SORT_BY_EXPERT) || saved > batch + row * tokens * expertsPerToken)
  );
}
