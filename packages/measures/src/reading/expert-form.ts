import type { Activation, ExpertForm } from '@tfjs-moe/core';
import { type Expression, factorsOf, parametersIn, termsOf } from './expression.ts';
import { constantOf } from './properties.ts';
import type { Recorded } from './record.ts';

/** $\varphi(u W + b)^p$, where an expert is that and has no other parameters. */
export function expertFormOf({ expression, specs }: Recorded): ExpertForm | undefined {
  const [only, ...others] = factorsOf(expression);
  const { factor, exponent: degree } = only!;
  if (others.length > 0 || degree < 1) return undefined;
  const isActivated = factor.operation === 'activation';
  const affine = affineForm(isActivated ? factor.inside[0]! : factor);
  const names = [affine?.kernel, affine?.bias].filter((name) => name !== undefined);
  if (affine === undefined || names.length !== Object.keys(specs).length) return undefined;
  return {
    ...affine,
    ...(isActivated && { activation: factor.name as Activation }),
    ...(degree > 1 && { degree }),
  };
}

/** $u W + b$ with u the input, its direction or nothing. */
function affineForm(of: Expression): ExpertForm | undefined {
  const terms = termsOf(of);
  if (terms.some(({ coefficient }) => coefficient !== 1)) return undefined;
  const bias = terms.find(({ term }) => term.operation === 'parameter')?.term;
  const products = terms.filter(({ term }) => term !== bias);
  const [only, ...others] = products;
  if (others.length > 0 || (bias && bias.rows > 1)) return undefined;
  const biased = bias && { bias: bias.name };
  if (only === undefined) return bias && { of: 'nothing', bias: bias.name };
  const factors = factorsOf(only.term);
  const matmul = factors.find(({ factor }) => factor.operation === 'matmul');
  const [value, kernel] = matmul?.factor.inside ?? [];
  if (value?.operation !== 'input' || kernel?.operation !== 'parameter' || matmul?.exponent !== 1)
    return undefined;
  const rest = factors.filter((factor) => factor !== matmul);
  if (rest.length === 0) return { of: 'input', kernel: kernel.name, ...biased };
  const epsilon = rest.length === 1 && rest[0]!.exponent === -1 ? epsilonOf(rest[0]!.factor) : undefined;
  if (epsilon === undefined) return undefined;
  return { of: 'direction', ...(epsilon > 0 && { epsilon }), kernel: kernel.name, ...biased };
}

/** $\epsilon$ of $\sqrt{\lVert x\rVert^2 + \epsilon^2}$. */
export function epsilonOf(of: Expression): number | undefined {
  if (of.operation !== 'sqrt' || parametersIn(of).length > 0) return undefined;
  const terms = termsOf(of.inside[0]!);
  const square = terms.find(({ term }) => isSquaredInput(term));
  const rest = terms.filter((term) => term !== square);
  const squares = rest.map(({ term, coefficient }) => (constantOf(term) ?? Number.NaN) * coefficient);
  const total = squares.reduce((a, b) => a + b, 0);
  return square?.coefficient === 1 && total >= 0 ? Math.sqrt(total) : undefined;
}

function isSquaredInput({ operation, inside }: Expression): boolean {
  if (operation !== 'total') return false;
  const [square, ...others] = factorsOf(inside[0]!);
  return others.length === 0 && square!.factor.operation === 'input' && square!.exponent === 2;
}
