import {
  type AnyParams,
  type Config,
  defineGate,
  expectBoolean,
  expectExperts,
  expectKnownOptions,
  expectPositive,
  type Gate,
  type GateDefinition,
  type GateForm,
  type GateOps,
  type GateParamSpec,
  type GateTraits,
  getGate,
  type Identifier,
  MoeError,
  type Named,
  type ParamSpec,
  type RoutingContext,
  type SelectionForm,
} from '@tfjs-moe/core';
import { type RouterOptions, routerOptions, routerScores } from './biased-router.ts';
import { chosen, expectRoutes, forWeighting, observedBy, passedOn } from './passed-on.ts';
import {
  dividedOver,
  expectAtMost,
  expectRenormalization,
  oneUnlessNaN,
  type Renormalization,
  union,
} from './selection.ts';
import { softmax } from './softmax.ts';

/**
 * Options of `topK`: how many experts per token, which weighting, and when weights are divided by their sum.
 */
export interface TopKOptions<Kind extends string = string> extends RouterOptions<Kind> {
  /** Number of experts per token, from 1 to the number of experts. Default 2. */
  readonly k?: number;
  /**
   * The gate that gives the weights and orders the experts: a gate, its config, or its kind. `router` and `useBias` are
   * handed to it; give them there instead where it is an object or has its own. Default `'softmax'`.
   */
  readonly weighting?: Identifier<Gate, Kind>;
  /**
   * When the weights of the selected experts are divided by their sum: before tokens are dropped from full experts, so
   * that a drop loses weight; once more after it, so that the survivors' weights sum to 1; or never. Without drops
   * the first two are the same. Has no effect with k = 1. Default `'beforeDrop'`.
   */
  readonly renormalize?: Renormalization;
  /** Whether the bias $\beta_0$ takes part in the selection; false is the theory's gate. Default true. */
  readonly biasInSelection?: boolean;
  /**
   * Whether a parameter `selection_bias` per expert, initially 0 and out of reach of the optimiser, is added to the
   * weights for the selection alone: balancing without a loss, by moving it. Default false.
   */
  readonly selectionBias?: boolean;
  /** Factor of the final weights, such as the 2.5 of DeepSeek-V3. Default 1. */
  readonly weightScale?: number;
}

/** The names of `TopKOptions`, for the check of unknown options. */
export const topKOptions: readonly string[] = [
  ...['k', 'weighting', 'renormalize', 'biasInSelection', 'selectionBias', 'weightScale'],
  ...routerOptions,
];

/**
 * Top-K gate: the $k$ best experts of every token, $w_e = \dfrac{g_e}{\sum_{j \in S} g_j}$ for $e \in S =
 * \mathrm{TopK}(z, k)$, with $g$ the weights of another gate.
 *
 * The gate of most sparse models: the work per token is that of $k$ experts, however many there are. Over `softmax` it
 * is Mixtral's gate, the softmax over the selected logits; over `sigmoid` with `selectionBias`, DeepSeek-V3's. Selection
 * is a constant for the gradient, which flows through the weights; therefore $k = 1$ never divides by the sum, since
 * a constant weight 1 would leave the router without a gradient.
 *
 * Source: Shazeer et al., "Outrageously Large Neural Networks" (2017), equations (3) and (5); Nguyen et al.,
 * "Statistical Perspective of Top-K Sparse Softmax Gating Mixture of Experts" (2024), where selection leaves out the
 * bias; DeepSeek-AI, "DeepSeek-V3 Technical Report" (2024), equations (13) to (16).
 */
export const topK: (<const Kind extends string>(options?: TopKOptions<Kind>) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('topK', (options: TopKOptions = {}) => {
  expectKnownOptions('topK', options, topKOptions);
  return topKOf('topK', options);
}) as never;

/** What keeps experts out of a selection, for gates that are a `topK` among fewer experts. */
export interface SelectionLimit {
  /** Refuses a number of experts that it does not suit. */
  expectSuits(experts: number, k: number): void;
  /** What orders the experts then, from what orders them otherwise and from what is written of them. */
  limited<V>(ops: GateOps<V>, scores: V, values: V): V;
}

/** The gate that `topK` is, and those that limit its selection. */
export function topKOf(who: string, options: TopKOptions, limit?: SelectionLimit): GateDefinition {
  const k = expectExperts(who, 'k', options.k ?? 2);
  const weighting = weightingOf(who, options);
  const renormalize = expectRenormalization(who, options.renormalize ?? 'beforeDrop');
  const biasInSelection = expectBoolean(who, 'biasInSelection', options.biasInSelection ?? true);
  const selectionBias = expectBoolean(who, 'selectionBias', options.selectionBias ?? false);
  const weightScale = expectPositive(who, 'weightScale', options.weightScale ?? 1);
  const { router } = weighting;
  if (!biasInSelection && (router === undefined || selectionBias || limit)) {
    throw new MoeError(who, 'biasInSelection: false needs a weighting with one router and no selectionBias');
  }
  if (renormalize === 'afterDrop' && weightScale !== 1) {
    throw new MoeError(who, "renormalize: 'afterDrop' would undo weightScale", weightScale);
  }

  function expertsPerToken(experts: number): number {
    limit?.expectSuits(experts, k);
    return Math.min(expectAtMost(who, k, experts), weighting.expertsPerToken(experts));
  }

  function traitsOf(): GateTraits {
    const { form: dense, sees = dense } = weighting.traits ?? {};
    const form = formOf(limit ? undefined : dense, renormalize !== 'never', {
      k,
      by: selectionBias ? 'weights' : biasInSelection ? 'logits' : 'scores',
      bias: selectionBias ? 'selection_bias' : undefined,
      scale: weightScale,
    });
    // A selection by the scores alone, and one of groups, sees what the weights may not.
    return form ? { form } : { sees: biasInSelection && !limit ? sees : undefined };
  }

  return {
    config: {
      k,
      weighting: weighting.config,
      renormalize,
      biasInSelection,
      selectionBias,
      weightScale,
    },
    router,
    ...passedOn(weighting),
    replays: true,
    expertsPerToken,
    params(inputDim, experts) {
      expertsPerToken(experts);
      const specs: Record<string, GateParamSpec> = weighting.params(inputDim, experts);
      return selectionBias ? { ...specs, selection_bias: { ...selectionBiasSpec, copies: experts } } : specs;
    },
    route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext<V>) {
      const base = weighting.route(ops, x, p, forWeighting(context));
      const given = base.unnormalized ?? base.weights;
      const values = selectionBias ? ops.add(given, p.selection_bias!) : given;
      let scores = selectionBias ? values : base.scores;
      if (!biasInSelection && router !== undefined) scores = routerScores(router, ops, x, p);
      if (limit) scores = limit.limited(ops, scores, values);
      // A sparse weighting keeps its say: an expert that it does not select is not selected here either.
      const allowed = union(ops, base.choices);
      const select = () => ops.topK(scores, k).map((choice) => ops.mul(choice, allowed));
      const choices = chosen(context, select);
      const selected = union(ops, choices);
      const divides = k > 1 && (renormalize !== 'never' || base.unnormalized !== undefined);
      const plain = divides ? dividedOver(ops, selected, base) : ops.mul(given, selected);
      const weights = selectionBias ? ops.mul(plain, oneUnlessNaN(ops, values)) : plain;
      return {
        logits: base.logits,
        scores,
        probabilities: base.probabilities,
        choices,
        weights: weightScale === 1 ? weights : ops.mul(ops.constant(weightScale), weights),
        ...(base.logWeights !== undefined && { logWeights: base.logWeights }),
        ...observedBy(base),
        renormalizeAfterDrop: k > 1 && renormalize === 'afterDrop',
      };
    },
    traits: traitsOf(),
  };
}

/** The weighting's form with a selection; unknown where it selects itself. */
function formOf(
  form: GateForm | undefined,
  renormalizes: boolean,
  selection: Omit<SelectionForm, 'renormalized'>,
): GateForm | undefined {
  if (form === undefined || form.type === 'hierarchical' || form.selection !== undefined) return undefined;
  const isCompetitive = form.type === 'competitive';
  const divides = selection.k > 1 && (renormalizes || (form.type === 'sigmoid' && form.normalized));
  const chosen: SelectionForm = { ...selection, renormalized: divides };
  return isCompetitive ? { ...form, selection: chosen } : { ...form, normalized: false, selection: chosen };
}

const selectionBiasSpec: ParamSpec = { shape: [1], initializer: { kind: 'zeros' }, trainable: false };

/** The weighting of a selection, with the router that was given beside it. */
export function weightingOf(
  who: string,
  { weighting, router, useBias }: Pick<TopKOptions, 'weighting' | 'router' | 'useBias'>,
  byDefault: (options: RouterOptions) => Gate = softmax,
): Gate {
  const shorthands = { ...(router !== undefined && { router }), ...(useBias !== undefined && { useBias }) };
  const names = Object.keys(shorthands);
  if (weighting === undefined) return byDefault(shorthands);
  if (names.length === 0) return expectRoutes(who, getGate(weighting, who));
  if (typeof weighting === 'string') return getGate({ kind: weighting, ...shorthands } as Config, who);
  const clash = 'role' in weighting || names.some((name) => name in weighting);
  if (!clash) return getGate({ ...weighting, ...shorthands } as Config, who);
  throw new MoeError(
    who,
    `${names.join(' and ')} must be given to the weighting, which has its own`,
    weighting.kind,
  );
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly topK: TopKOptions<Kind>;
  }
}
