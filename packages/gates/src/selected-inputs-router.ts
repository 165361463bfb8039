import {
  type AnyParams,
  defineRouter,
  expectFeatures,
  expectInputsWith,
  expectKnownOptions,
  getRouter,
  type Identifier,
  MoeError,
  type Named,
  type Ops,
  type Router,
  type RouterFactory,
  type RouterTraits,
} from '@tfjs-moe/core';
import { linearRouter } from './linear-router.ts';

/** Options of `selectedInputsRouter`: which features a router sees. */
export interface SelectedInputsRouterOptions<Kind extends string = string> {
  /** Indices of the features, from 0, in the order in which the router sees them: at least one. */
  readonly features: readonly number[];
  /** What scores the experts by these features: a router, its config, or its kind. Default `linearRouter()`. */
  readonly router?: Identifier<Router, Kind>;
}

const WHO = 'selectedInputsRouter';

/**
 * Router that sees some of the features: $z(x) = \pi(x_S)$ with $\pi$ another router and S a list of features.
 *
 * For gates with inputs of their own, which statisticians call concomitant variables: the gate follows who somebody is, the
 * experts what they were given. Every gate that takes a router has it. Its counterpart on the side of the experts is
 * `selectedInputs`; a router that sees no feature is `constantRouter`.
 *
 * Source: Dayton and Macready, "Concomitant-Variable Latent-Class Models" (1988).
 *
 * @throws MoeError where no feature is named, or inputs have fewer features than it names
 * @example softmax({ router: selectedInputsRouter({ features: [2, 3] }) })
 */
export const selectedInputsRouter: (<const Kind extends string>(
  options: SelectedInputsRouterOptions<Kind>,
) => Router) & { readonly kind: string } = /* @__PURE__ */ defineRouter(
  'selectedInputs',
  (options: SelectedInputsRouterOptions) => {
    expectKnownOptions(WHO, options, ['features', 'router']);
    const features = expectFeatures(WHO, 'features', options?.features);
    const router = options.router === undefined ? linearRouter() : getRouter(options.router, WHO);
    if (features.length === 0)
      throw new MoeError(
        WHO,
        'features must name at least one; a router that sees none is constantRouter()',
        features,
      );
    return {
      config: { features, router: router.config },
      params(inputDim) {
        expectInputsWith(WHO, features, inputDim);
        return router.params(features.length);
      },
      logit<V>(ops: Ops<V>, x: V, p: Named<AnyParams, V>): V {
        return router.logit(ops, ops.take(x, features), p);
      },
      traits: ofFeatures(router.traits),
    };
  },
) as RouterFactory<[options: SelectedInputsRouterOptions]> as never;

/** What stays true of a router whose input is made of features of another. */
function ofFeatures({ form, ...traits }: RouterTraits = {}): RouterTraits {
  return { ...traits, ...(form && { form: { ...form, of: 'features' } }) };
}

declare module '@tfjs-moe/core' {
  interface RouterOptionsByKind<Kind extends string> {
    readonly selectedInputs: SelectedInputsRouterOptions<Kind>;
  }
}
