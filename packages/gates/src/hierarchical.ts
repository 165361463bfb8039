import {
  type AnyParams,
  defineGate,
  expectKnownOptions,
  formUnder,
  type Gate,
  type GateDefinition,
  type GateForm,
  type GateOps,
  type GateTraits,
  getGate,
  guard,
  type Identifier,
  MoeError,
  type Named,
  prefixed,
  type Routing,
  type RoutingContext,
  type Runs,
  runCount,
  runSizes,
  scoped,
  withinRuns,
} from '@tfjs-moe/core';
import { areEqual, expectGroups, type GroupSizes, paramsOfGroups, withMembers } from './groups-of-sizes.ts';
import { expectRoutes } from './passed-on.ts';
import { union } from './selection.ts';
import { softmax } from './softmax.ts';

/** Options of `hierarchical`: how many groups, and the gates of both levels. */
export interface HierarchicalOptions<Kind extends string = string, InnerKind extends string = Kind> {
  /**
   * Number of equal groups, which must divide the number of experts; or the sizes of all groups, which must add up to it:
   * `[2, 3, 1]` are three groups of two experts, three and one. A list in the list is a group that is made of groups:
   * `[[2, 3], 4]` is a tree of three levels, in which the second group has one group of four experts in it.
   */
  readonly groups: number | GroupSizes;
  /** The gate that weighs the groups: a gate, its config, or its kind. Default `softmax()`. */
  readonly outer?: Identifier<Gate, Kind>;
  /** The gate that weighs the experts of a group, with parameters of its own in every group. Default `softmax()`. */
  readonly inner?: Identifier<Gate, InnerKind>;
}

/**
 * Hierarchical gate: an outer gate over groups of experts, an inner one inside every group,
 * $w_{ij} = g_i(x)\, g_{j|i}(x)$.
 *
 * A tree of decisions over the same flat list of experts: the first E / groups experts, or as many as the first size says,
 * are the first group, and so on. Both levels may be any gates, hierarchical ones too; inside of groups of unequal sizes one
 * that does not ask how many experts it has, as softmax, sigmoid, temperature and topK do not. Softmax at both levels is the
 * hierarchical mixture of experts; sparse levels keep routing cheap with very many experts.
 *
 * A tree of any shape has its levels above in `outer`: the groups of the last level are the experts of a hierarchical gate,
 * which is what a list in `groups` is read as, with `outer` at the top and `inner` on all levels below. The only member of a
 * group has weight 1 in it.
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
  const tree = expectGroups(who, options.groups);
  const inner = options.inner === undefined ? softmax() : expectRoutes(who, getGate(options.inner, who));
  const top = options.outer === undefined ? softmax() : expectRoutes(who, getGate(options.outer, who));
  const outer = tree.above === undefined ? top : hierarchical({ groups: tree.above, outer: top, inner });
  const runs = typeof tree.groups !== 'number' && areEqual(tree.groups) ? tree.groups.length : tree.groups;
  const groups = runCount(runs);
  const sizesOf = (experts: number) => runSizes(who, tree.groups, experts);

  return {
    config: { groups: tree.groups, outer: outer.config, inner: inner.config },
    ...ofLevels(runs, outer, inner, sizesOf),
    expertsPerToken(experts) {
      const most = sizesOf(experts).map((size) => inner.expertsPerToken(size));
      const selected = most.sort((a, b) => b - a).slice(0, outer.expertsPerToken(groups));
      return selected.reduce((sum, each) => sum + each, 0);
    },
    params: (inputDim, experts) => ({
      ...prefixed('outer', outer.params(inputDim, groups)),
      ...prefixed('inner', paramsOfGroups(inner, inputDim, sizesOf(experts))),
    }),
    route<V>(
      ops: GateOps<V>,
      x: V,
      p: Named<AnyParams, V>,
      { experts, training, inputs }: RoutingContext<V>,
    ) {
      const inside = withinRuns(ops, runs);
      const above = outer.route(ops, x, scoped('outer', p), { experts: groups, training, inputs });
      const members = withMembers(inner, sizesOf(experts), { training, inputs });
      const below = inner.route(inside, x, scoped('inner', p), members);
      const product = (a: V, b: V) => ops.mul(inside.spread(a, b), b);
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
    traits: traitsOf(runs, outer.traits, inner.traits),
  };
}) as never;

/** What the levels have besides their formulas: side inputs, state, and whether they read the batch. */
function ofLevels(
  runs: Runs,
  outer: Gate,
  inner: Gate,
  sizesOf: (experts: number) => readonly number[],
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
        const of = (
          path: string,
          level: Gate,
          over: GateOps<V>,
          members: { readonly experts: number },
        ): Record<string, V> =>
          prefixed(path, level.update?.(over, scoped(path, p), scoped(path, sums), members) ?? {});
        return {
          ...of('outer', outer, ops, { experts: runCount(runs) }),
          ...of('inner', inner, withinRuns(ops, runs), withMembers(inner, sizesOf(experts), {})),
        };
      },
    }),
  };
}

/** Of both levels' forms where they have them; else what it sees is what they see. */
function traitsOf(groups: Runs, outer: GateTraits = {}, inner: GateTraits = {}): GateTraits {
  const form = formOf(groups, outer.form, inner.form);
  return form ? { form } : { sees: formOf(groups, outer.form ?? outer.sees, inner.form ?? inner.sees) };
}

function formOf(groups: Runs, outer?: GateForm, inner?: GateForm): GateForm | undefined {
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
  const logProbabilities = ops.add(inside.spread(ops.sub(above, outerZ), below), ops.sub(below, innerZ));
  const meanSquare = ops.sumExperts(ops.mul(ops.stopGradient(probabilities), ops.mul(innerZ, innerZ)));
  const square = ops.add(inside.spread(ops.spread(ops.mul(outerZ, outerZ), above), below), meanSquare);
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
