import {
  type AnyParams,
  defineGate,
  expectBoolean,
  expectExperts,
  expectKnownOptions,
  expectPositive,
  type Gate,
  type GateOps,
  type GateParamSpec,
  guard,
  type InitializerConfig,
  MoeError,
  type Named,
  type RoutingContext,
} from '@tfjs-moe/core';
import { selectAbove } from './selection.ts';

/** Options of `dselectK`: how many selectors, how wide their steps, and whether they see the token. */
export interface DselectKOptions {
  /** Number of selectors, and of experts per token once training has made up its mind. Default 2. */
  readonly k?: number;
  /** $\gamma$, the width of a step between 0 and 1. Default 1. */
  readonly gamma?: number;
  /** Whether every token is selected for by itself; otherwise all have the same experts. Default true. */
  readonly perToken?: boolean;
}

/**
 * DSelect-k gate: the sum of $k$ selectors, each of which spells the number of an expert in smooth binary digits,
 * $$w_e = \sum_{i=1}^{k} \mathrm{softmax}(\alpha)_i \prod_{j} S(z_{ij})^{b_j(e)} \bigl(1 - S(z_{ij})\bigr)^{1 - b_j(e)}.$$
 *
 * A selection with a gradient everywhere: the smooth step $S$, a cubic between $-\gamma/2$ and $\gamma/2$, is exactly 0
 * below and exactly 1 above, so that training moves from all experts to $k$. The digit $b_1$ of an expert's number is its
 * most significant; the number of experts is a power of two, for every code is one's. $z$ and $\alpha$ are affine in the
 * token, or the same for all.
 *
 * Source: Hazimeh et al., "DSelect-k: Differentiable Selection in the Mixture of Experts" (2021), equations (4) to (7).
 */
export const dselectK: ((options?: DselectKOptions) => Gate) & { readonly kind: string } =
  /* @__PURE__ */ defineGate('dselectK', (options: DselectKOptions = {}) => {
    const who = 'dselectK';
    expectKnownOptions(who, options, ['k', 'gamma', 'perToken']);
    const k = expectExperts(who, 'k', options.k ?? 2);
    const gamma = expectPositive(who, 'gamma', options.gamma ?? 1);
    const perToken = expectBoolean(who, 'perToken', options.perToken ?? true);

    function digitsOf(experts: number): number {
      const digits = Math.log2(experts);
      if (Number.isInteger(digits)) return digits;
      throw new MoeError(who, 'the number of experts must be a power of 2', experts);
    }

    const selectors = Array.from({ length: k }, (_, i) => `selector_${i + 1}`);
    const namesOf = (selector: string, experts: number) =>
      Array.from({ length: digitsOf(experts) }, (_, j) => `${selector}/digit_${j + 1}`);

    return {
      config: { k, gamma, perToken },
      expertsPerToken(experts) {
        digitsOf(experts);
        return experts;
      },
      params(inputDim, experts) {
        const specs: Record<string, GateParamSpec> = {};
        const number = (name: string, initializer: InitializerConfig) => {
          if (perToken) specs[`${name}/kernel`] = { shape: [inputDim], initializer, shared: true, copies: 1 };
          specs[`${name}/bias`] = { shape: [1], initializer, shared: true, copies: 1 };
        };
        for (const selector of selectors) {
          const near = gamma / 100;
          for (const digit of namesOf(selector, experts))
            number(digit, { kind: 'randomUniform', min: -near, max: near });
          number(`${selector}/share`, { kind: 'randomUniform' });
        }
        return specs;
      },
      route<V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, { experts }: RoutingContext) {
        const size = ops.dot(x, x);
        // 0 for every token, so that what is the same for all has a row for each.
        const none = ops.greater(size, size);
        const numberOf = (name: string): V => {
          const bias = ops.add(none, p[`${name}/bias`]!);
          return perToken ? ops.add(ops.dot(x, p[`${name}/kernel`]!), bias) : bias;
        };
        const digits = digitsOfExperts(ops, experts);
        const shares = softmaxOf(
          ops,
          selectors.map((selector) => numberOf(`${selector}/share`)),
        );
        const parts = selectors.map((selector, i) =>
          namesOf(selector, experts)
            .map((name) => smoothStep(ops, ops.div(numberOf(name), ops.constant(gamma))))
            .reduce((product, step, j) => ops.mul(product, chosen(ops, digits[j]!, step)), shares[i]!),
        );
        const all = parts.reduce((sum, part) => ops.add(sum, part));
        // With one expert nothing has its axis.
        const weights = ops.add(all, ops.mul(ops.constant(0), ops.expertNumbers(experts)));
        const logits = ops.log(ops.add(weights, guard(ops, 1e-30)));
        return {
          logits,
          scores: logits,
          probabilities: weights,
          choices: [selectAbove(ops, weights, ops.constant(0))],
          weights,
        };
      },
    };
  });

/** The binary digits of the experts' numbers, the most significant first: 0 or 1, [1, E, 1] each. */
function digitsOfExperts<V>(ops: GateOps<V>, experts: number): V[] {
  const digits: V[] = [];
  let rest = ops.expertNumbers(experts);
  for (let place = experts / 2; place >= 1; place /= 2) {
    const digit = ops.greaterOrEqual(rest, ops.constant(place));
    rest = ops.sub(rest, ops.mul(ops.constant(place), digit));
    digits.push(digit);
  }
  return digits;
}

/** $S$ of steps of width 1: $u^2 (3 - 2u)$ of $u$ between 0 and 1, exactly 0 and 1 at the ends. */
function smoothStep<V>(ops: GateOps<V>, z: V): V {
  const above = ops.activation('relu', ops.sub(ops.constant(0.5), z));
  const u = ops.activation('relu', ops.sub(ops.constant(1), above));
  return ops.mul(ops.mul(u, u), ops.sub(ops.constant(3), ops.add(u, u)));
}

/** A step where the digit is 1, what is left of 1 where it is 0. */
function chosen<V>(ops: GateOps<V>, digit: V, step: V): V {
  const one = ops.constant(1);
  return ops.add(ops.mul(digit, step), ops.mul(ops.sub(one, digit), ops.sub(one, step)));
}

/** The softmax of a list. */
function softmaxOf<V>(ops: GateOps<V>, numbers: readonly V[]): V[] {
  const fixed = numbers.map((number) => ops.stopGradient(number));
  const largest = fixed.reduce((max, number) => ops.add(max, ops.activation('relu', ops.sub(number, max))));
  const exps = numbers.map((number) => ops.exp(ops.sub(number, largest)));
  const sum = exps.reduce((total, each) => ops.add(total, each));
  return exps.map((each) => ops.div(each, sum));
}

declare module '@tfjs-moe/core' {
  interface GateOptionsByKind<Kind extends string> {
    readonly dselectK: DselectKOptions;
  }
}
