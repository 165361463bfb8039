import {
  type AnyParams,
  defineGate,
  expectBoolean,
  expectExperts,
  expectKnownOptions,
  expectOneOf,
  type Gate,
  type GateOps,
  getInitializer,
  guard,
  type InitializerIdentifier,
  MoeError,
  type Named,
} from '@tfjs-moe/core';

/** Options of `softMoe`: how many slots, and of which tokens they are mixtures. */
export interface SoftMoeOptions {
  /** Slots of each expert: mixtures of tokens that it computes. Default 1. */
  readonly slots?: number;
  /** Whether every sequence has slots of its own, or the whole batch shares them. Default `'sequence'`. */
  readonly per?: 'sequence' | 'batch';
  /** Whether tokens and slots have length 1 before they are compared, with a learned scale. Default true. */
  readonly normalize?: boolean;
  /** Initial values of the slots' parameters $\varphi$. Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerIdentifier;
}

/**
 * Soft MoE: experts compute mixtures of tokens, and every token is a mixture of what they answer. With logits
 * $z_{ts} = \dfrac{x_t^\top}{\lVert x_t \rVert} \dfrac{a\,\varphi_s}{\lVert \varphi_s \rVert}$ of tokens and slots, slot $s$ is
 * $\sum_t \mathrm{softmax}_t(z_{ts})\,x_t$ and token $t$ is given $\sum_s \mathrm{softmax}_s(z_{ts})\,h(\text{slot}_s)$.
 *
 * Nothing is selected, so that nothing is dropped, unbalanced or without a gradient, and the work is that of the slots,
 * however many tokens there are. A program imports `@tfjs-moe/layers/soft` beside it. Every token reads every other of its sequence: not for models that answer token by token.
 *
 * Source: Puigcerver et al., "From Sparse to Soft Mixtures of Experts" (2023), equations (1) to (3) and section 2.3.
 */
export const softMoe: ((options?: SoftMoeOptions) => Gate) & { readonly kind: string } =
  /* @__PURE__ */ defineGate('softMoe', (options: SoftMoeOptions = {}) => {
    const who = 'softMoe';
    expectKnownOptions(who, options, ['slots', 'per', 'normalize', 'kernelInitializer']);
    const slots = expectExperts(who, 'slots', options.slots ?? 1);
    const per = expectOneOf(who, 'per', options.per ?? 'sequence', ['sequence', 'batch']);
    const normalize = expectBoolean(who, 'normalize', options.normalize ?? true);
    const initializer = getInitializer(
      who,
      'kernelInitializer',
      options.kernelInitializer ?? 'glorotUniform',
    );
    return {
      config: { slots, per, normalize, kernelInitializer: initializer },
      readsBatch: 'always',
      expertsPerToken: (experts) => experts,
      params: (inputDim, experts) => ({
        slots: { shape: [inputDim], initializer, copies: experts * slots },
        ...(normalize && {
          scale: { shape: [1], initializer: { kind: 'ones' }, shared: true, copies: 1 },
        }),
      }),
      route(): never {
        throw new MoeError(who, 'sends mixtures of tokens to the experts and routes none');
      },
      mix<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>) {
        const product = ops.dot(x, p.slots!);
        const logits = normalize
          ? ops.div(ops.mul(p.scale!, product), ops.mul(length(ops, x), length(ops, p.slots!)))
          : product;
        const over = per === 'sequence' ? ops.inSequences() : ops;
        return {
          logits,
          dispatch: over.softmaxTokens(logits),
          combine: ops.softmax(logits),
          perSequence: per === 'sequence',
        };
      },
    };
  });

// Far below the square of any length that means something, and enough for value and gradient at a zero token.
const FLOOR = 1e-12;

function length<V>(ops: GateOps<V>, v: V): V {
  return ops.sqrt(ops.add(ops.dot(v, v), guard(ops, FLOOR)));
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly softMoe: SoftMoeOptions;
  }
}
