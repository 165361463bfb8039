import {
  defineRouter,
  expectBoolean,
  expectKnownOptions,
  expectNumber,
  expectPositive,
  getInitializer,
  guard,
  type InitializerIdentifier,
  type Ops,
  type RouterFactory,
} from '@tfjs-moe/core';

/** Options of `cosineRouter`: the perturbations $\epsilon_1, \epsilon_2$ and the temperature $\tau$. */
export interface CosineRouterOptions {
  /** $\epsilon_1$, added to the norm of the kernel. Default 0. */
  readonly epsilon1?: number;
  /** $\epsilon_2$, added to the norm of the input. Default 0. */
  readonly epsilon2?: number;
  /** Initial value of $\tau$, one parameter for all experts. Default 0.5. */
  readonly temperature?: number;
  /** Whether training may change $\tau$. Default true. */
  readonly learned?: boolean;
  /** Smallest $\tau$ that training may reach. Default 0.01. */
  readonly minTemperature?: number;
  /** Initial values of $\beta$. Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerIdentifier;
}

const known = ['epsilon1', 'epsilon2', 'temperature', 'learned', 'minTemperature', 'kernelInitializer'];

/**
 * Cosine router: $z(x) = \dfrac{\beta^\top x}{\tau\,(\lVert\beta\rVert + \epsilon_1)(\lVert x\rVert + \epsilon_2)}$.
 *
 * Scores directions, not lengths, so that no expert wins by a large kernel; used against representation collapse.
 * With $\epsilon_1 = \epsilon_2 = 0$ it is the plain cosine, which does not change with the length of $\beta$: that
 * length can then not be estimated. The perturbed form, both $\epsilon$ positive, repairs this. A softmax sees of its
 * $\beta / (\lVert\beta\rVert + \epsilon_1)$ the differences alone, over $\tau$: all may be shifted, and scaled with a learned $\tau$.
 *
 * Source: Chi et al., "On the Representation Collapse of Sparse Mixture of Experts" (2022); Nguyen et al.,
 * "Statistical Advantages of Perturbing Cosine Router in Mixture of Experts" (2024). The initial temperature and its
 * bound are Tutel's.
 */
export const cosineRouter: RouterFactory<[options?: CosineRouterOptions], CosineRouterParams> =
  /* @__PURE__ */ defineRouter('cosine', (options: CosineRouterOptions = {}) => {
    const who = 'cosineRouter';
    expectKnownOptions(who, options, known);
    const epsilon1 = expectNumber(who, 'epsilon1', options.epsilon1 ?? 0, { min: 0 });
    const epsilon2 = expectNumber(who, 'epsilon2', options.epsilon2 ?? 0, { min: 0 });
    const minTemperature = expectPositive(who, 'minTemperature', options.minTemperature ?? 0.01);
    const temperature = expectNumber(who, 'temperature', options.temperature ?? 0.5, { min: minTemperature });
    const learned = expectBoolean(who, 'learned', options.learned ?? true);
    const kernelInitializer = getInitializer(
      who,
      'kernelInitializer',
      options.kernelInitializer ?? 'glorotUniform',
    );
    return {
      config: { epsilon1, epsilon2, temperature, learned, minTemperature, kernelInitializer },
      params: (inputDim) => ({
        kernel: { shape: [inputDim], initializer: kernelInitializer },
        temperature: {
          shape: [1],
          initializer: { kind: 'constant', value: temperature },
          constraint: { min: minTemperature },
          shared: true,
          trainable: learned,
        },
      }),
      logit(ops, x, p) {
        const lengths = ops.mul(norm(ops, p.kernel, epsilon1), norm(ops, x, epsilon2));
        // A length whose square overflows is infinite: NaN says so, where a division by it would make all scores 0.
        const overflow = ops.mul(ops.constant(0), lengths);
        return ops.add(ops.div(ops.dot(x, p.kernel), ops.mul(p.temperature, lengths)), overflow);
      },
      traits: {
        homogeneous: [
          { parameters: ['temperature'], degree: -1 },
          ...(epsilon1 === 0 ? [{ parameters: ['kernel'], degree: 0 }] : []),
        ],
        // Perturbed, any point of the open unit ball: all may then be shifted and scaled, though no trait of the kernel says so.
        coordinates: {
          of: ({ kernel }) => {
            const length = Math.hypot(...kernel!) + epsilon1;
            return kernel!.map((value) => value / length);
          },
        },
      },
    };
  });

// Far below the square of any input that means something, and enough to keep value and gradient finite at a zero
// input, which padding tokens often are.
const FLOOR = 1e-12;

function norm<V>(ops: Ops<V>, v: V, epsilon: number): V {
  const length = ops.sqrt(ops.add(ops.dot(v, v), guard(ops, FLOOR)));
  return epsilon === 0 ? length : ops.add(length, ops.constant(epsilon));
}

interface CosineRouterParams {
  kernel: unknown;
  temperature: unknown;
}

declare module '@tfjs-moe/core' {
  interface RouterOptionsByKind<Kind extends string> {
    readonly cosine: CosineRouterOptions;
  }
}
