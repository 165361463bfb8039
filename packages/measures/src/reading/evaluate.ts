import {
  type Activation,
  arrayOps,
  arrayParam,
  MoeError,
  mapNames,
  type Ops,
  type ParamSpec,
} from '@tfjs-moe/core';
import { type Expression, factorsOf, termsOf, within } from './expression.ts';

/** The value of an expression without operations over experts, in any interpretation of Ops. */
export function evaluate<V>(
  ops: Ops<V>,
  expression: Expression,
  x: V,
  parameters: Readonly<Record<string, V>>,
): V {
  const known = new Map<Expression, V>();
  function value(of: Expression): V {
    const found = known.get(of) ?? computed(of);
    known.set(of, found);
    return found;
  }
  function computed(of: Expression): V {
    const { operation, inside, name, numbers } = of;
    switch (operation) {
      case 'constant':
        return ops.constant(numbers[0]!);
      case 'input':
        return x;
      case 'parameter':
        return parameters[name]!;
      case 'sum': {
        const terms = termsOf(of).map(({ term, coefficient }) => multiple(term, coefficient));
        return terms.length === 0 ? ops.constant(0) : terms.reduce(ops.add);
      }
      case 'product':
        return quotient(of);
      case 'total':
        return total(inside[0]!);
      case 'matmul':
        return ops.affine(value(inside[0]!), value(inside[1]!));
      case 'take':
        return ops.take(value(inside[0]!), numbers);
      case 'exp':
        return ops.exp(value(inside[0]!));
      case 'log':
        return ops.log(value(inside[0]!));
      case 'sqrt':
        return ops.sqrt(value(inside[0]!));
      case 'activation':
        return ops.activation(name as Activation, value(inside[0]!));
      default:
        throw new MoeError('reading', 'a score must be written over Ops', operation);
    }
  }
  function multiple(term: Expression, coefficient: number): V {
    if (coefficient === 1) return value(term);
    const factor = ops.constant(coefficient);
    return term.operation === 'constant' && term.numbers[0] === 1 ? factor : ops.mul(factor, value(term));
  }
  const power = (factor: Expression, exponent: number): V =>
    Array.from({ length: exponent }, () => value(factor)).reduce(ops.mul);
  function quotient(of: Expression): V {
    const above = factorsOf(of).filter(({ exponent }) => exponent > 0);
    const below = factorsOf(of).filter(({ exponent }) => exponent < 0);
    const product = (factors: typeof above, sign: 1 | -1) =>
      factors.map(({ factor, exponent }) => power(factor, sign * exponent)).reduce(ops.mul);
    const numerator = above.length === 0 ? ops.constant(1) : product(above, 1);
    return below.length === 0 ? numerator : ops.div(numerator, product(below, -1));
  }
  /** A contraction of one factor with the others. */
  function total(of: Expression): V {
    const [first, ...others] = factorsOf(of);
    if (first!.exponent < 1) return ops.dot(ops.constant(1), value(of));
    const rest = [{ ...first!, exponent: first!.exponent - 1 }, ...others].filter(
      ({ exponent }) => exponent !== 0,
    );
    const right = rest.length === 0 ? ops.constant(1) : product(rest);
    return ops.dot(value(first!.factor), right);
  }
  function product(factors: readonly { readonly factor: Expression; readonly exponent: number }[]): V {
    return factors
      .map(({ factor, exponent }) =>
        exponent > 0 ? power(factor, exponent) : ops.div(ops.constant(1), power(factor, -exponent)),
      )
      .reduce(ops.mul);
  }
  return value(expression);
}

const overOps = [
  'constant',
  'input',
  'parameter',
  'sum',
  'product',
  'total',
  'matmul',
  'take',
  'exp',
  'log',
  'sqrt',
  'activation',
];

/** Whether `evaluate` knows all that is in an expression. The number of features is none of it. */
export function isOverOps(expression: Expression): boolean {
  return within(expression).every(
    ({ operation, inside }) =>
      overOps.includes(operation) && !(operation === 'total' && inside[0]!.operation === 'constant'),
  );
}

/** The number that an expression of some parameters alone is. */
export function evaluateAt(
  expression: Expression,
  specs: Readonly<Record<string, ParamSpec>>,
  numbers: Readonly<Record<string, readonly number[]>>,
): number {
  const parameters = mapNames(specs, (spec, name) => arrayParam(spec, 1, numbers[name]!));
  return evaluate(arrayOps, expression, arrayOps.constant(0), parameters).data[0]!;
}
