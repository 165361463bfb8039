import {
  defineExpert,
  type ExpertFactory,
  expectInteger,
  expectKnownOptions,
  limits,
  MoeError,
  type Ops,
} from '@tfjs-moe/core';
import { type AffineOptions, type AffineParams, affine, affineOptions } from './affine.ts';

/** Options of `polynomial`: the degree. */
export interface PolynomialOptions extends AffineOptions {
  /** The degree $p$, an integer of at least 1. Default 2. */
  readonly degree?: number;
}

/**
 * Polynomial expert: $h(x) = (x W + b)^p$, element by element.
 *
 * A smooth expert with one interpretable number, the degree. Its growth makes it a choice for bounded inputs only.
 * Like the linear expert it violates strong identifiability under softmax gates: it is homogeneous of degree $p$ in
 * $(W, b)$, so an over-specified cell can be split without changing the mixture.
 *
 * Source: Nguyen, Ho and Rinaldo, "Sigmoid Gating is More Sample Efficient than Softmax Gating in Mixture of Experts"
 * (2024), the polynomial experts.
 */
export const polynomial: ExpertFactory<[options?: PolynomialOptions], AffineParams> =
  /* @__PURE__ */ defineExpert('polynomial', (options: PolynomialOptions = {}) => {
    expectKnownOptions('polynomial', options, ['degree', ...affineOptions]);
    const degree = expectInteger('polynomial', 'degree', options.degree ?? 2, { min: 1 });
    if (degree > limits.degree)
      throw new MoeError('polynomial', `degree must be at most ${limits.degree}`, degree);
    const { config, kernel, bias, names } = affine('polynomial', options);
    const own = names('kernel', 'bias');
    const [W, b] = own;
    return {
      config: { degree, ...config },
      params: (inputDim, units) => ({ kernel: kernel(inputDim, units), ...bias('bias', units) }),
      apply: (ops, x, p) => power(ops, ops.affine(x, p.kernel, p.bias), degree),
      traits: {
        form: { of: 'input', kernel: W, bias: b, degree },
        ...(degree === 1 && { linearIn: own }),
        // An even power does not see the sign of an output's argument.
        ...(degree % 2 === 0 && { units: [{ incoming: own, outgoing: [], signs: [{ negated: own }] }] }),
      },
    };
  });

/** $z^n$ by repeated squaring: exact for exact numbers, and $\log_2 n$ products deep. */
function power<V>(ops: Ops<V>, z: V, n: number): V {
  if (n === 1) return z;
  const half = power(ops, z, Math.floor(n / 2));
  const square = ops.mul(half, half);
  return n % 2 === 0 ? square : ops.mul(square, z);
}

declare module '@tfjs-moe/core' {
  interface ExpertOptionsByKind<Kind extends string> {
    readonly polynomial: PolynomialOptions;
  }
}
