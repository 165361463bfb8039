import {
  defineRouter,
  expectKnownOptions,
  expectPositive,
  getInitializer,
  type InitializerIdentifier,
  type RouterFactory,
} from '@tfjs-moe/core';

/** Options of `euclideanRouter`: the factor $s$, and where the centres start. */
export interface EuclideanRouterOptions {
  /** The fixed factor $s$ of the squared distance. Default 1. */
  readonly scale?: number;
  /** Initial values of the centres $c$. Default `'glorotUniform'`, which keeps the first scores of order 1. */
  readonly centerInitializer?: InitializerIdentifier;
}

/**
 * Euclidean router: $z(x) = -s \lVert x - c \rVert^2$.
 *
 * Every expert has a centre and is asked about what lies near it; under a softmax the gate is a Gaussian mixture's
 * posterior with equal spherical covariances $I / 2s$. For data with clusters, and where regions should be read off
 * the parameters. Written as a difference, not expanded, so that far inputs lose no digits.
 *
 * Source: Xu, Jordan and Hinton, "An Alternative Model for Mixtures of Experts" (1995), the localised gate.
 */
export const euclideanRouter: RouterFactory<[options?: EuclideanRouterOptions], EuclideanRouterParams> =
  /* @__PURE__ */ defineRouter('euclidean', (options: EuclideanRouterOptions = {}) => {
    expectKnownOptions('euclideanRouter', options, ['scale', 'centerInitializer']);
    const scale = expectPositive('euclideanRouter', 'scale', options.scale ?? 1);
    const centerInitializer = getInitializer(
      'euclideanRouter',
      'centerInitializer',
      options.centerInitializer ?? 'glorotUniform',
    );
    return {
      config: { scale, centerInitializer },
      params: (inputDim) => ({ center: { shape: [inputDim], initializer: centerInitializer } }),
      logit(ops, x, p) {
        const offset = ops.sub(x, p.center);
        return ops.mul(ops.constant(-scale), ops.dot(offset, offset));
      },
      traits: {
        // -s |x - c - t|² = -s |x - c|² - 2s t.c, and what all experts share.
        shifts: [
          {
            parameter: 'center',
            offset: (own, t) => own.reduce((sum, c, d) => sum - 2 * scale * c * t[d]!, 0),
          },
        ],
        // The feature of the 1 is |x|², which no shift of a centre leaves alone and every softmax does.
        coordinates: {
          of: ({ center }) => [...center!, 1],
          offset: ({ center }) => center!.reduce((sum, c) => sum + c * c, 0),
        },
      },
    };
  });

interface EuclideanRouterParams {
  center: unknown;
}

declare module '@tfjs-moe/core' {
  interface RouterOptionsByKind<Kind extends string> {
    readonly euclidean: EuclideanRouterOptions;
  }
}
