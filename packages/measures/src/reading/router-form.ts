import type { Activation, RouterForm } from '@tfjs-moe/core';
import { type Expression, factorsOf, parametersIn, termsOf } from './expression.ts';
import type { Recorded } from './record.ts';

/** $\varphi(u^\top v + b)$, where a router's score is that. */
export function routerFormOf({ expression, specs }: Recorded): RouterForm | undefined {
  const isActivated = expression.operation === 'activation';
  const of = isActivated ? expression.inside[0]! : expression;
  const activated = isActivated && { activation: expression.name as Activation };
  const terms = termsOf(of);
  if (terms.length > 2 || terms.some(({ coefficient }) => coefficient !== 1)) return undefined;
  const bias =
    terms.length === 2 ? terms.find(({ term }) => term.operation === 'parameter')?.term : undefined;
  const products = terms.filter(({ term }) => term !== bias);
  const contraction = products.length === 1 ? contractionOf(products[0]!.term, specs) : undefined;
  if (contraction === undefined) return undefined;
  const { features, kernel, isInput } = contraction;
  const used = features.flatMap(parametersIn);
  if (used.includes(kernel) || (bias !== undefined && used.includes(bias.name))) return undefined;
  return { of: isInput ? 'input' : 'features', kernel, ...(bias && { bias: bias.name }), ...activated };
}

interface Contraction {
  /** What the kernel is contracted with, and what that is multiplied with. */
  readonly features: readonly Expression[];
  readonly isInput: boolean;
  readonly kernel: string;
}

/** A contraction with a kernel, the last parameter that is the expert's own. */
function contractionOf(of: Expression, specs: Recorded['specs']): Contraction | undefined {
  const factors = factorsOf(of);
  const ends = factors.filter(({ factor }) => factor.operation === 'total' || factor.operation === 'matmul');
  for (const end of ends.reverse()) {
    const inner = contracted(end.factor, specs);
    if (inner === undefined || end.exponent !== 1) continue;
    const beside = factors.filter((factor) => factor !== end).map(({ factor }) => factor);
    return {
      ...inner,
      features: [...inner.features, ...beside],
      isInput: inner.isInput && beside.length === 0,
    };
  }
  return undefined;
}

function contracted({ operation, inside }: Expression, specs: Recorded['specs']): Contraction | undefined {
  const [value, kernel] = inside;
  if (operation === 'matmul')
    return { features: [value!], isInput: value!.operation === 'input', kernel: kernel!.name };
  const factors = factorsOf(value!);
  const isOwn = (factor: Expression) =>
    factor.operation === 'parameter' && specs[factor.name]?.shared !== true;
  const own = factors.filter(({ factor, exponent }) => exponent === 1 && isOwn(factor)).at(-1);
  if (own === undefined) return undefined;
  const rest = factors.filter((factor) => factor !== own);
  const [first] = rest;
  return {
    features: rest.map(({ factor }) => factor),
    isInput: rest.length === 1 && first!.exponent === 1 && first!.factor.operation === 'input',
    kernel: own.factor.name,
  };
}
