import {
  type AnyParams,
  defineGate,
  expectExperts,
  expectKnownOptions,
  expectPositive,
  expectSize,
  type Gate,
  type GateOps,
  type GateParamSpec,
  type Identifier,
  MoeError,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { type RouterOptions, routerOptions } from './biased-router.ts';
import { chosen, forWeighting, observedBy, passedOn } from './passed-on.ts';
import {
  dividedOver,
  expectAtMost,
  expectRenormalization,
  type Renormalization,
  union,
} from './selection.ts';
import { weightingOf } from './top-k.ts';

/** Options of `hash`: how many token ids there are, how many experts each has, and what weighs them. */
export interface HashOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** Number of token ids: 0 to `vocabulary` - 1. Default 32768. */
  readonly vocabulary?: number;
  /** Number of experts per token. Default 1. */
  readonly k?: number;
  /**
   * The gate that gives the weights: a gate, its config, or its kind. `router` and `useBias` are handed to it; give them
   * there instead where it is an object or has its own. Default `'softmax'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
  /** When the weights of the selected experts are divided by their sum; see `topK`. Default `'beforeDrop'`. */
  readonly renormalize?: Renormalization;
  /** Factor of the final weights, such as the 1.5 of DeepSeek-V4. Default 1. */
  readonly weightScale?: number;
}

/**
 * Hash gate: the experts of a token are those that a table has for its id; their weights are another gate's.
 *
 * Nothing about the selection is learned, so that nothing can collapse: early layers of DeepSeek-V4 are routed so. The
 * layer is called with the tokens and their ids, `moe.apply([x, ids])`. The table is the parameters `choice_1/table` and so on,
 * expert numbers for each id. It is drawn from the layer's seed, first choices from the first E / k experts and so on, and is
 * not trained; write the table of a published model into it. An id without a row makes its token NaN.
 *
 * Source: Roller et al., "Hash Layers for Large Sparse Models" (2021), section 3; DeepSeek-AI, "DeepSeek-V4" (2026), whose
 * published code calls the table `tid2eid`.
 */
export const hash: (<const Kind extends string>(options?: HashOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('hash', (options: HashOptions = {}) => {
  const who = 'hash';
  expectKnownOptions(who, options, [
    ...routerOptions,
    ...['vocabulary', 'k', 'weighting', 'renormalize', 'weightScale'],
  ]);
  const vocabulary = expectSize(who, 'vocabulary', options.vocabulary ?? 32768);
  const k = expectExperts(who, 'k', options.k ?? 1);
  const weighting = weightingOf(who, options);
  const renormalize = expectRenormalization(who, options.renormalize ?? 'beforeDrop');
  const weightScale = expectPositive(who, 'weightScale', options.weightScale ?? 1);
  const columns = Array.from({ length: k }, (_, i) => `choice_${i + 1}/table`);
  return {
    config: { vocabulary, k, weighting: weighting.config, renormalize, weightScale },
    ...(weighting.router && { router: weighting.router }),
    ...passedOn(weighting),
    inputs: { ...weighting.inputs, tokenId: 'token' },
    replays: true,
    expertsPerToken: (experts) => expectAtMost(who, k, experts),
    params(inputDim, experts) {
      expectAtMost(who, k, experts);
      const specs: Record<string, GateParamSpec> = { ...weighting.params(inputDim, experts) };
      const firstOf = (i: number) => Math.floor((i * experts) / k);
      columns.forEach((name, i) => {
        // Not up to the next whole number, to which float32 would round.
        const [min, max] = [firstOf(i), firstOf(i + 1) - 1e-3];
        specs[name] = {
          shape: [vocabulary, 1],
          initializer: { kind: 'randomUniform', min, max },
          trainable: false,
          shared: true,
          copies: 1,
        };
      });
      return specs;
    },
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const base = weighting.route(ops, x, p, forWeighting(context));
      const tokenId = context.inputs?.tokenId;
      if (tokenId === undefined)
        throw new MoeError(who, 'needs the side input tokenId, which comes with a call');
      const named = columns.map((name) => ops.lookup(p[name]!, tokenId));
      const choices = chosen(context, () => selectedBy(ops, named, ops.expertNumbers(context.experts)));
      const selected = union(ops, choices);
      const divides = k > 1 && (renormalize !== 'never' || base.unnormalized !== undefined);
      const weights = divides
        ? dividedOver(ops, selected, base)
        : ops.mul(base.unnormalized ?? base.weights, selected);
      // NaN where an id has no row.
      const isKnown = ops.add(ops.constant(1), ops.mul(ops.constant(0), union(ops, named)));
      return {
        logits: base.logits,
        scores: base.scores,
        probabilities: base.probabilities,
        choices,
        weights: ops.mul(ops.mul(ops.constant(weightScale), isKnown), weights),
        ...(base.logWeights !== undefined && { logWeights: base.logWeights }),
        ...observedBy(base),
        renormalizeAfterDrop: k > 1 && renormalize === 'afterDrop',
      };
    },
  };
}) as never;

/** The experts that are named, each once. */
function selectedBy<V>(ops: GateOps<V>, named: readonly V[], numbers: V): V[] {
  const choices: V[] = [];
  const next = ops.add(numbers, ops.constant(1));
  for (const name of named) {
    const mask = ops.mul(ops.greaterOrEqual(name, numbers), ops.greater(next, name));
    const isTaken = choices.length === 0 ? ops.constant(0) : union(ops, choices);
    choices.push(ops.mul(mask, ops.sub(ops.constant(1), isTaken)));
  }
  return choices;
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly hash: HashOptions<Kind>;
  }
}
