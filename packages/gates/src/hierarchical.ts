import {
  type AnyParams,
  defineGate,
  expectExperts,
  expectKnownOptions,
  formUnder,
  type Gate,
  type GateDefinition,
  type GateForm,
  type GateOps,
  type GateParamSpec,
  type GateTraits,
  getGate,
  guard,
  type Identifier,
  MoeError,
  mapNames,
  type Named,
  prefixed,
  type Routing,
  type RoutingContext,
  scoped,
} from '@tfjs-moe/core';
import { expectRoutes } from './passed-on.ts';
import { union } from './selection.ts';
import { softmax } from './softmax.ts';

/** Options of `hierarchical`: how many groups, and the gates of both levels. */
export interface HierarchicalOptions<Kind extends string = string, InnerKind extends string = Kind> {
  /** Number of groups; it must divide the number of experts. */
  readonly groups: number;
  /** The gate that weighs the groups: a gate, its config, or its kind. Default `softmax()`. */
  readonly outer?: Identifier<Gate, Kind>;
  /** The gate that weighs the experts of a group, with parameters of its own in every group. Default `softmax()`. */
  readonly inner?: Identifier<Gate, InnerKind>;
}

/**
 * Hierarchical gate: an outer gate over groups of experts, an inner one inside every group,
 * $w_{ij} = g_i(x)\, g_{j|i}(x)$.
 *
 * A tree of decisions over the same flat list of experts: the first E / groups experts are the first group, and so on.
 * Both levels may be any gates, hierarchical ones too. Softmax at both levels is the hierarchical mixture of experts;
 * sparse levels keep routing cheap with very many experts.
 *
 * The logits returned are $\log p_{ij} + \sqrt{Z^2 + \sum_i p_i Z_i^2}$, with $Z$ the outer and $Z_i$ the inner
 * log-partition values: their softmax is the product of the levels' softmaxes, and their z-loss is the sum of the outer
 * level's and the mean inner one.
 *
 * Source: Jordan and Jacobs, "Hierarchical Mixtures of Experts and the EM Algorithm" (1994); Nguyen, Ho and Rinaldo,
 * "Convergence Rates for Softmax Gating Mixture of Experts" (2025), equation (20).
 */
export const hierarchical: (<const Kind extends string, const InnerKind extends string>(
  options: HierarchicalOptions<Kind, InnerKind>,
) => Gate) & {
  readonly kind: string;
} = /* @__PURE__ */ defineGate('hierarchical', (options: HierarchicalOptions) => {
  const who = 'hierarchical';
  expectKnownOptions(who, options, ['groups', 'outer', 'inner']);
  const groups = expectExperts(who, 'groups', options.groups);
  const outer = options.outer === undefined ? softmax() : expectRoutes(who, getGate(options.outer, who));
  const inner = options.inner === undefined ? softmax() : expectRoutes(who, getGate(options.inner, who));

  function membersOf(experts: number): number {
    if (experts % groups === 0) return experts / groups;
    throw new MoeError(who, `groups must divide the number of experts (${experts})`, groups);
  }

  return {
    config: { groups, outer: outer.config, inner: inner.config },
    ...ofLevels(groups, outer, inner),
    expertsPerToken: (experts) => outer.expertsPerToken(groups) * inner.expertsPerToken(membersOf(experts)),
    params(inputDim, experts) {
      const ofGroup: Record<string, GateParamSpec> = inner.params(inputDim, membersOf(experts));
      const ofAll = mapNames(ofGroup, (spec) => ({
        ...spec,
        copies: spec.shared ? spec.copies : spec.copies * groups,
      }));
      return { ...prefixed('outer', outer.params(inputDim, groups)), ...prefixed('inner', ofAll) };
    },
    route<V>(
      ops: GateOps<V>,
      x: V,
      p: Named<AnyParams, V>,
      { experts, training, inputs }: RoutingContext<V>,
    ) {
      const inside = ops.within(groups);
      const above = outer.route(ops, x, scoped('outer', p), { experts: groups, training, inputs });
      const below = inner.route(inside, x, scoped('inner', p), {
        experts: membersOf(experts),
        training,
        inputs,
      });
      const product = (a: V, b: V) => ops.mul(ops.spread(a, b), b);
      const probabilities = product(above.probabilities, below.probabilities);
      return {
        logits: flatLogits(ops, inside, above.logits, below.logits, probabilities),
        scores: probabilities,
        probabilities,
        choices: above.choices.flatMap((group) => below.choices.map((member) => product(group, member))),
        weights: product(above.weights, below.weights),
        ...load(ops, above, below, product),
        ...(outer.update || inner.update
          ? {
              observed: {
                ...prefixed('outer', above.observed ?? {}),
                ...prefixed('inner', below.observed ?? {}),
              },
            }
          : {}),
        renormalizeAfterDrop: Boolean(above.renormalizeAfterDrop && below.renormalizeAfterDrop),
        selectsAll: Boolean(above.selectsAll && below.selectsAll),
      };
    },
    traits: traitsOf(groups, outer.traits, inner.traits),
  };
}) as never;

/** What the levels have besides their formulas: side inputs, state, and whether they read the batch. */
function ofLevels(
  groups: number,
  outer: Gate,
  inner: Gate,
): Pick<GateDefinition, 'inputs' | 'readsBatch' | 'update'> {
  if (Object.values(outer.inputs ?? {}).includes('expert')) {
    throw new MoeError('hierarchical', 'outer must take no side input with a number per expert', outer.kind);
  }
  const reads = (['always', 'training'] as const).find(
    (when) => outer.readsBatch === when || inner.readsBatch === when,
  );
  return {
    ...((outer.inputs || inner.inputs) && { inputs: { ...outer.inputs, ...inner.inputs } }),
    ...(reads && { readsBatch: reads }),
    ...((outer.update || inner.update) && {
      update<V>(
        ops: GateOps<V>,
        p: Named<AnyParams, V>,
        sums: Readonly<Record<string, V>>,
        { experts }: { readonly experts: number },
      ) {
        const of = (path: string, level: Gate, over: GateOps<V>, members: number) =>
          prefixed(
            path,
            level.update?.(over, scoped(path, p), scoped(path, sums), { experts: members }) ?? {},
          );
        return {
          ...of('outer', outer, ops, groups),
          ...of('inner', inner, ops.within(groups), experts / groups),
        };
      },
    }),
  };
}

/** Of both levels' forms where they have them; else what it sees is what they see. */
function traitsOf(groups: number, outer: GateTraits = {}, inner: GateTraits = {}): GateTraits {
  const form = formOf(groups, outer.form, inner.form);
  return form ? { form } : { sees: formOf(groups, outer.form ?? outer.sees, inner.form ?? inner.sees) };
}

function formOf(groups: number, outer?: GateForm, inner?: GateForm): GateForm | undefined {
  if (outer === undefined || inner === undefined) return undefined;
  return {
    type: 'hierarchical',
    groups,
    outer: formUnder('outer', outer),
    inner: formUnder('inner', inner),
  };
}

function flatLogits<V>(ops: GateOps<V>, inside: GateOps<V>, above: V, below: V, probabilities: V): V {
  const outerZ = ops.logSumExp(above);
  const innerZ = inside.logSumExp(below);
  const logProbabilities = ops.add(ops.spread(ops.sub(above, outerZ), below), ops.sub(below, innerZ));
  const meanSquare = ops.sumExperts(ops.mul(ops.stopGradient(probabilities), ops.mul(innerZ, innerZ)));
  const square = ops.add(ops.spread(ops.mul(outerZ, outerZ), below), meanSquare);
  // The constant keeps the square root's gradient finite where both levels have Z = 0.
  return ops.add(logProbabilities, ops.sqrt(ops.add(square, guard(ops, 1e-12))));
}

/** A level without noise counts with what it selected. */
function load<V>(ops: GateOps<V>, above: Routing<V>, below: Routing<V>, product: (a: V, b: V) => V) {
  if (above.load === undefined && below.load === undefined) return {};
  return {
    load: product(above.load ?? union(ops, above.choices), below.load ?? union(ops, below.choices)),
  };
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly hierarchical: HierarchicalOptions<Kind>;
  }
}
