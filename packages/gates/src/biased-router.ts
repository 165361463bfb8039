import {
  type AnyParams,
  expectBoolean,
  type GateParamSpec,
  getRouter,
  type Identifier,
  type Named,
  type Ops,
  type OptionsJson,
  prefixed,
  type Router,
  replicate,
  type ScoredForm,
  scoped,
} from '@tfjs-moe/core';
import { linearRouter } from './linear-router.ts';

/** What all gates with one router take: the router, and whether every expert has a bias. */
export interface RouterOptions<Kind extends string = string> {
  /** What scores the experts: a router, its config, or its kind. Default `linearRouter()`. */
  readonly router?: Identifier<Router, Kind>;
  /** Whether every expert has a bias $\beta_0$ that is added to its score, initially 0. Default true. */
  readonly useBias?: boolean;
}

/** The names of `RouterOptions`, for the check of unknown options. */
export const routerOptions: readonly string[] = ['router', 'useBias'];

/** A router with the gate's bias. */
export interface BiasedRouter {
  readonly router: Router;
  readonly config: OptionsJson;
  /** The names of both, for the forms of gates. */
  readonly form: ScoredForm;
  /** `router/...` and, with a bias, `bias`. */
  params(inputDim: number, experts: number): Record<string, GateParamSpec>;
  /** $\pi(x, \beta_{1e}) + \beta_{0e}$. */
  logits<V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>): V;
}

/**
 * The logit of every expert, $z_e = \pi(x, \beta_{1e}) + \beta_{0e}$: a router's score plus the gate's bias, which all
 * gates with one router share.
 *
 * Reads the options; `who` is named in errors.
 */
export function biasedRouter(
  who: string,
  options: RouterOptions,
  byDefault: () => Router = linearRouter,
): BiasedRouter {
  const router = options.router === undefined ? byDefault() : getRouter(options.router, who);
  const useBias = expectBoolean(who, 'useBias', options.useBias ?? true);
  return {
    router,
    config: { router: router.config, useBias },
    form: { router, path: 'router', bias: useBias ? 'bias' : undefined },
    params: (inputDim, experts) => ({
      ...prefixed('router', replicate(router.params(inputDim), experts)),
      ...(useBias && { bias: { shape: [1], initializer: { kind: 'zeros' }, copies: experts } }),
    }),
    logits<V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>) {
      const scores = routerScores(router, ops, x, p);
      return useBias ? ops.add(scores, p.bias!) : scores;
    },
  };
}

/** The scores of a gate's router, without the bias. */
export function routerScores<V>(router: Router, ops: Ops<V>, x: V, p: Named<AnyParams, V>): V {
  return router.logit(ops, x, scoped('router', p));
}
