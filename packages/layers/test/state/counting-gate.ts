import {
  type AnyParams,
  defineGate,
  type GateFactory,
  type GateOps,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { softmax } from '@tfjs-moe/gates';

/**
 * A softmax gate whose state tells what it was told: how many updates there were, how many tokens each expert was sent
 * before the last of them, and how many in all.
 */
export const countingGate: GateFactory<[]> = defineGate('testCounting', () => {
  const base = softmax();
  const state = (copies: number) =>
    ({ shape: [1], initializer: { kind: 'zeros' }, copies, trainable: false, state: true }) as const;
  return {
    ...base,
    config: {},
    params: (inputDim, experts) => ({
      ...base.params(inputDim, experts),
      updates: state(1),
      last: state(experts),
      all: state(experts),
    }),
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const routing = base.route(ops, x, p, context);
      return { ...routing, observed: { sent: ops.sumTokens(routing.choices[0]!) } };
    },
    update: (ops, p, { sent }) => ({
      updates: ops.add(p.updates!, ops.constant(1)),
      last: sent!,
      all: ops.add(p.all!, sent!),
    }),
  };
});
