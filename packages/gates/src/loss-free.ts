import {
  type AnyParams,
  defineGate,
  expectInteger,
  expectKnownOptions,
  expectOneOf,
  expectPositive,
  type Gate,
  type GateOps,
  type GateParamSpec,
  getGate,
  type Identifier,
  MoeError,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { expectRoutes, observedBy, passedOn } from './passed-on.ts';
import { union } from './selection.ts';
import { topK } from './top-k.ts';

/** Options of `lossFree`: which gate, and how its selection bias moves. */
export interface LossFreeOptions<Kind extends string = string> {
  /**
   * A gate with a selection bias: a gate, its config, or its kind. Default `topK({ selectionBias: true })`.
   */
  readonly gate?: Identifier<Gate, Kind>;
  /**
   * What the speed is multiplied with, $c$ being the tokens of each expert in all batches of the step: `'sign'`, the sign of
   * $\bar c - c_e$, as DeepSeek-V3 and Megatron have it; `'centered'`, that less its mean, as torchtitan; `'proportional'`,
   * $\bar c - c_e$ itself. Default `'sign'`.
   */
  readonly rule?: 'sign' | 'centered' | 'proportional';
  /** By how much the bias moves. Default 1e-3. */
  readonly speed?: number;
  /** The number of steps after which the bias stays as it is. Default: it always moves. */
  readonly until?: number;
}

const BIAS = 'selection_bias';
const STEPS = 'selection_steps';

/**
 * Balance without a loss: a gate whose selection bias moves against the load after every step of the optimiser,
 * $b_e \leftarrow b_e + u\,\mathrm{sign}(\bar c - c_e)$.
 *
 * An expert with more tokens than the mean is selected less readily from the next step on, without a term in the loss that
 * pulls at the task's gradient. Weights do not see the bias. What is counted are the tokens of all training batches since
 * the last step, without padding, before any is dropped; evaluation counts nothing. The bias is state: it is saved, and the
 * optimiser does not reach it.
 *
 * Source: Wang et al., "Auxiliary-Loss-Free Load Balancing Strategy for Mixture-of-Experts" (2024), algorithm 1, with the
 * variants of its section 4.3; DeepSeek-AI, "DeepSeek-V3 Technical Report" (2024), section 2.1.2.
 */
export const lossFree: (<const Kind extends string>(options?: LossFreeOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('lossFree', (options: LossFreeOptions = {}) => {
  const who = 'lossFree';
  expectKnownOptions(who, options, ['gate', 'rule', 'speed', 'until']);
  const gate =
    options.gate === undefined
      ? topK({ selectionBias: true })
      : expectRoutes(who, getGate(options.gate, who));
  const rule = expectOneOf(who, 'rule', options.rule ?? 'sign', ['sign', 'centered', 'proportional']);
  const speed = expectPositive(who, 'speed', options.speed ?? 1e-3);
  const until =
    options.until === undefined ? undefined : expectInteger(who, 'until', options.until, { min: 1 });

  function lack<V>(ops: GateOps<V>, counts: V, experts: number): V {
    const mean = (a: V) => ops.div(ops.sumExperts(a), ops.constant(experts));
    const even = mean(counts);
    if (rule === 'proportional') return ops.sub(even, counts);
    const sign = ops.sub(ops.greater(even, counts), ops.greater(counts, even));
    return rule === 'sign' ? sign : ops.sub(sign, mean(sign));
  }

  return {
    config: { gate: gate.config, rule, speed, ...(until && { until }) },
    ...(gate.router && { router: gate.router }),
    ...(gate.traits && { traits: gate.traits }),
    ...(gate.replays && { replays: true }),
    ...passedOn(gate),
    expertsPerToken: gate.expertsPerToken,
    params(inputDim, experts) {
      const specs: Readonly<Record<string, GateParamSpec>> = gate.params(inputDim, experts);
      const bias = specs[BIAS];
      if (bias?.copies !== experts) {
        throw new MoeError(
          who,
          'needs a gate with a selection bias, like topK({ selectionBias: true })',
          gate.kind,
        );
      }
      const state = { ...bias, trainable: false, state: true };
      return {
        ...specs,
        [BIAS]: state,
        ...(until && { [STEPS]: { ...state, shared: true, copies: 1 } }),
      };
    },
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const routing = gate.route(ops, x, p, context);
      if (!context.training) return routing;
      const counts = ops.sumTokens(union(ops, routing.choices));
      return { ...routing, ...observedBy(routing, { [BIAS]: counts }) };
    },
    update<V>(
      ops: GateOps<V>,
      p: Named<AnyParams, V>,
      sums: Readonly<Record<string, V>>,
      context: { readonly experts: number },
    ): Record<string, V> {
      const others = gate.update?.(ops, p, sums, context);
      const change = ops.mul(ops.constant(speed), lack(ops, sums[BIAS]!, context.experts));
      if (until === undefined) return { ...others, [BIAS]: ops.add(p[BIAS]!, change) };
      const isOn = ops.greater(ops.constant(until), p[STEPS]!);
      return {
        ...others,
        [BIAS]: ops.add(p[BIAS]!, ops.mul(isOn, change)),
        [STEPS]: ops.add(p[STEPS]!, ops.constant(1)),
      };
    },
  };
}) as never;

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly lossFree: LossFreeOptions<Kind>;
  }
}
