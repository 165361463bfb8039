import type { Activation } from '@tfjs-moe/core';
import { epsilonOf } from './expert-form.ts';
import { type Expression, factorsOf, termsOf } from './expression.ts';
import type { Recorded } from './record.ts';

/** An expert of affine maps one after the other, with one activation between them. */
export interface FeedForward {
  /** What goes in: x, or its direction. */
  readonly of: 'input' | 'direction';
  /** $\epsilon$ of a direction. */
  readonly epsilon: number;
  /** Widths of the hidden layers. */
  readonly hiddenUnits: readonly number[];
  readonly activation: Activation;
  /** Whether the last map stays linear. */
  readonly outputWeights: boolean;
  /** Whether every map has a bias. */
  readonly useBias: boolean;
}

/** The layers of an expert, where it is made of such layers and of nothing else. */
export function feedForwardOf({ expression, specs }: Recorded): FeedForward | undefined {
  const activations = new Set<string>();
  const hiddenUnits: number[] = [];
  const used: string[] = [];
  let biases = 0;
  let of = expression;
  const outputWeights = of.operation !== 'activation';
  for (let layers = 1; ; layers++) {
    if (of.operation === 'activation') {
      activations.add(of.name);
      of = of.inside[0]!;
    } else if (layers > 1) return undefined;
    const map = mapOf(of);
    if (map === undefined) return undefined;
    used.push(...map.names);
    biases += map.names.length - 1;
    if (map.value.operation === 'input' && map.epsilon !== null) {
      const [activation = 'identity', ...others] = activations;
      const isWhole = used.length === Object.keys(specs).length && (biases === 0 || biases === layers);
      if (others.length > 0 || !isWhole || new Set(used).size < used.length) return undefined;
      return {
        of: map.epsilon === undefined ? 'input' : 'direction',
        epsilon: map.epsilon ?? 0,
        hiddenUnits,
        activation: activation as Activation,
        outputWeights,
        useBias: biases > 0,
      };
    }
    if (map.epsilon !== undefined) return undefined;
    hiddenUnits.unshift(map.value.features);
    of = map.value;
  }
}

interface AffineMap {
  readonly value: Expression;
  readonly names: readonly string[];
  /** Of a direction; null where the value is divided by something else. */
  readonly epsilon: number | undefined | null;
}

/** $v W + b$, perhaps with v divided by the length of the input. */
function mapOf(of: Expression): AffineMap | undefined {
  const terms = termsOf(of);
  const bias = terms.find(({ term }) => term.operation === 'parameter')?.term;
  const [product, ...others] = terms.filter(({ term }) => term !== bias);
  if (product === undefined || others.length > 0 || terms.some(({ coefficient }) => coefficient !== 1))
    return undefined;
  const factors = factorsOf(product.term);
  const matmul = factors.find(({ factor }) => factor.operation === 'matmul')?.factor;
  const rest = factors.filter(({ factor }) => factor !== matmul);
  const [value, kernel] = matmul?.inside ?? [];
  if (value === undefined || kernel?.operation !== 'parameter') return undefined;
  const names = [kernel.name, ...(bias ? [bias.name] : [])];
  if (rest.length === 0) return { value, names, epsilon: undefined };
  const epsilon = rest.length === 1 && rest[0]!.exponent === -1 ? epsilonOf(rest[0]!.factor) : undefined;
  return { value, names, epsilon: epsilon ?? null };
}
