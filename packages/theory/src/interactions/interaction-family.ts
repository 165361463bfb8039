/**
 * $F = \exp(\text{logit})\, h$ of one atom with its first and second derivatives: the functions that interactions tie.
 *
 * The logit is $\pi$ under a softmax, $\pi / \tau$ under a temperature gate, and $\pi_1 + \pi_2$ under a hierarchical
 * softmax. Biases of the gate are left out: they only scale F.
 */
import {
  type Expert,
  type Gate,
  type GateParamSpec,
  MoeError,
  prefixed,
  type Router,
  replicate,
  scoped,
} from '@tfjs-moe/core';
import {
  derivativeList,
  gridInput,
  gridOps,
  gridParams,
  jets,
  paramLabels,
  type Ring,
} from '@tfjs-moe/numerics';
import { functionLabel } from '../identifiability/labels.ts';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';

/** The routers of a gate, from the first level on, and whether a temperature divides their scores. */
export interface AtomGate {
  readonly routers: readonly Router[];
  readonly hasTemperature: boolean;
}

export interface InteractionFamily extends LabelledFamily {
  /** Names of the parameters, in the order of derivatives. */
  readonly parameters: readonly string[];
}

/** What one atom sees of a gate; a hierarchical gate's levels are given as gates. */
export function atomGate(levels: readonly Gate[]): AtomGate {
  const routers = levels.map(({ kind, router }) => {
    if (router === undefined)
      throw new MoeError('interactions', 'every level must be a gate with one router', kind);
    return router;
  });
  return { routers, hasTemperature: levels.some(({ kind }) => kind === 'temperature') };
}

export function interactionSpecs({ routers, hasTemperature }: AtomGate, expert: Expert, inputDim: number) {
  return Object.assign(
    {},
    ...routers.map((router, level) =>
      prefixed(routerPath(routers, level), replicate(router.params(inputDim), 1)),
    ),
    hasTemperature ? { temperature: { shape: [1], initializer: { kind: 'ones' }, copies: 1 } } : {},
    prefixed('expert', replicate(expert.params(inputDim, 1), 1)),
  ) as Record<string, GateParamSpec>;
}

const routerPath = (routers: readonly Router[], level: number) =>
  routers.length === 1 ? 'router' : `router_${level + 1}`;

export function interactionFamily(
  gate: AtomGate,
  expert: Expert,
  inputDim: number,
  data: Readonly<Record<string, readonly number[]>>,
): InteractionFamily {
  const specs = interactionSpecs(gate, expert, inputDim);
  const parameters = paramLabels(specs);
  const label = (names: readonly string[]): FunctionLabel => functionLabel([], names, 'F');
  return {
    inputDim,
    parameters,
    labels: [
      label([]),
      ...parameters.map((name) => label([name])),
      ...parameters.flatMap((a, i) => parameters.slice(0, i + 1).map((b) => label([b, a]))),
    ],
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const ops = gridOps(jets(ring));
      const p = gridParams(ring, specs, data);
      const input = gridInput(x);
      const scores = gate.routers.map((router, level) =>
        router.logit(ops, input, scoped(routerPath(gate.routers, level), p)),
      );
      const total = scores.reduce(ops.add);
      const weight = ops.exp(gate.hasTemperature ? ops.div(total, p.temperature!) : total);
      const [jet] = ops.mul(weight, expert.apply(ops, input, scoped('expert', p))).entries;
      return derivativeList(ring, jet!, 0, parameters.length);
    },
  };
}
