import type { Activation } from '@tfjs-moe/core';
import { epsilonOf } from './expert-form.ts';
import { type Expression, factorsOf, termsOf } from './expression.ts';
import type { Recorded } from './record.ts';

/** Affine maps one after the other, with one activation between them. */
export interface FeedForward {
  /** What goes in: x, or its direction. */
  readonly of: 'input' | 'direction';
  /** $\epsilon$ of a direction. */
  readonly epsilon: number;
  /** Widths of the hidden layers. */
  readonly hiddenUnits: readonly number[];
  /** Of the hidden layers; of an expert's last one too, if it does not end linearly. */
  readonly activation: Activation;
  /** Of the end: `'identity'` where it stays linear. */
  readonly outputActivation: Activation;
  /** Whether every map has a bias; of a router, every map but the last. */
  readonly useBias: boolean;
}

/** The layers of an expert, where it is made of such layers and of nothing else. */
export function feedForwardOf(recorded: Recorded): FeedForward | undefined {
  return layersOf(recorded, 0);
}

/** The layers of a router that ends with a kernel vector and without a bias, where it is nothing else. */
export function routerLayersOf(recorded: Recorded): FeedForward | undefined {
  return layersOf(recorded, 1);
}

/** @param plain maps at the end without a bias */
function layersOf({ expression, specs }: Recorded, plain: number): FeedForward | undefined {
  const activations = new Set<Activation>();
  const hiddenUnits: number[] = [];
  const names: string[] = [];
  let biases = 0;
  let of = expression;
  const outputActivation = of.operation === 'activation' ? (of.name as Activation) : 'identity';
  if (outputActivation !== 'identity') of = of.inside[0]!;
  for (let layers = 1; ; layers++) {
    const map = mapOf(of);
    if (map === undefined) return undefined;
    names.push(...map.names);
    biases += map.names.length - 1;
    if (map.value.operation === 'input') {
      const [activation = outputActivation, ...others] = activations;
      const isWhole =
        new Set(names).size === Object.keys(specs).length && names.length === new Set(names).size;
      const mostBiases = layers - plain;
      if (others.length > 0 || !isWhole || (biases > 0 && biases !== mostBiases)) return undefined;
      return {
        of: map.epsilon === undefined ? 'input' : 'direction',
        epsilon: map.epsilon ?? 0,
        hiddenUnits,
        activation,
        outputActivation,
        useBias: biases > 0 || mostBiases === 0,
      };
    }
    if (map.epsilon !== undefined || map.value.operation !== 'activation') return undefined;
    hiddenUnits.unshift(map.value.features);
    activations.add(map.value.name as Activation);
    of = map.value.inside[0]!;
  }
}

interface AffineMap {
  readonly value: Expression;
  readonly names: readonly string[];
  /** Where the value is divided by the length of the input. */
  readonly epsilon: number | undefined;
}

/** $v W + b$, or $v^\top w$. */
function mapOf(of: Expression): AffineMap | undefined {
  const terms = termsOf(of);
  const bias = terms.find(({ term }) => term.operation === 'parameter')?.term;
  const [product, ...others] = terms.filter(({ term }) => term !== bias);
  if (product === undefined || others.length > 0 || terms.some(({ coefficient }) => coefficient !== 1))
    return undefined;
  const factors = factorsOf(product.term);
  const end = factors.find(
    ({ factor }) => factor.operation === 'matmul' || factor.operation === 'total',
  )?.factor;
  const map = end && linearMap(end);
  const rest = factors.filter(({ factor }) => factor !== end);
  if (map === undefined) return undefined;
  const names = [map.kernel, ...(bias ? [bias.name] : [])];
  if (rest.length === 0) return { value: map.value, names, epsilon: undefined };
  const epsilon = rest.length === 1 && rest[0]!.exponent === -1 ? epsilonOf(rest[0]!.factor) : undefined;
  return epsilon === undefined ? undefined : { value: map.value, names, epsilon };
}

function linearMap({ operation, inside }: Expression) {
  const [value, kernel] = inside;
  if (operation === 'matmul')
    return kernel?.operation === 'parameter' ? { value: value!, kernel: kernel.name } : undefined;
  const factors = factorsOf(value!);
  const vectors = factors.filter(
    ({ factor, exponent }) => factor.operation === 'parameter' && exponent === 1,
  );
  const others = factors.filter((factor) => !vectors.includes(factor));
  const isPair = vectors.length === 1 && others.length === 1 && others[0]!.exponent === 1;
  return isPair ? { value: others[0]!.factor, kernel: vectors[0]!.factor.name } : undefined;
}
