import { type Expression, factorsOf, termsOf } from './expression.ts';
import { isGuard } from './properties.ts';

/** What stands for the input among names of parameters, none of which begins so. */
export const INPUT = '(input)';

/** Whether a function is asked to be homogeneous for factors above 0, or a linear one. */
export type Demand = 'homogeneous' | 'linear';

/**
 * The degree d with $f(c\,\theta) = c^d f(\theta)$ for $c > 0$ and some parameters together; nothing where there is none
 * that the rules see. With the demand `linear` a degree of 1 says that f is linear in them. Guards of floating point are
 * left out.
 */
export function degreeIn(
  expression: Expression,
  parameters: ReadonlySet<string>,
  demand: Demand = 'homogeneous',
): number | undefined {
  const known = new Map<Expression, number | undefined>();
  function degree(of: Expression): number | undefined {
    if (!known.has(of)) known.set(of, computed(of));
    return known.get(of);
  }
  function computed(of: Expression): number | undefined {
    const { operation, inside, name } = of;
    switch (operation) {
      case 'constant':
        return 0;
      case 'input':
        return parameters.has(INPUT) ? 1 : 0;
      case 'parameter':
        return parameters.has(name) ? 1 : 0;
      case 'sum':
        return common(significant(of).map(degree));
      case 'product':
        return factorsOf(of).reduce<number | undefined>((total, { factor, exponent }) => {
          const own = degree(factor);
          if (total === undefined || own === undefined) return undefined;
          return demand === 'linear' && own !== 0 && exponent < 0 ? undefined : total + own * exponent;
        }, 0);
      case 'matmul': {
        const [left, right] = inside.map(degree);
        return left === undefined || right === undefined ? undefined : left + right;
      }
      case 'total':
      case 'take':
      case 'spread':
        return degree(inside[0]!);
      case 'activation':
        return name === 'relu' && demand === 'homogeneous' ? degree(inside[0]!) : unmoved(of);
      case 'sqrt': {
        const own = degree(inside[0]!);
        return own === undefined || demand === 'homogeneous' ? own && own / 2 : unmoved(of);
      }
      default:
        return unmoved(of);
    }
  }
  /** A function of arguments that do not change does not change. */
  function unmoved({ inside }: Expression): number | undefined {
    return inside.every((part) => degree(part) === 0) ? 0 : undefined;
  }
  return degree(expression);
}

/** The terms of a sum that are no guards. */
function significant(of: Expression): Expression[] {
  const all = termsOf(of);
  const own = all.filter(({ term }) => !isGuard(term));
  return (own.length > 0 ? own : all).map(({ term }) => term);
}

function common(degrees: readonly (number | undefined)[]): number | undefined {
  const [first = 0] = degrees;
  return degrees.every((degree) => degree === first) ? first : undefined;
}

/** Largest number of parameters of which all subsets are tried; of more, single ones and those from some one on. */
const MOST = 10;

/** Sets of names, the small ones first, and of equal sizes those with later names. */
export function subsets(names: readonly string[]): string[][] {
  const all =
    names.length <= MOST
      ? Array.from({ length: 2 ** names.length - 1 }, (_, bits) =>
          names.filter((_name, i) => ((bits + 1) >> i) & 1),
        )
      : [...names.map((name) => [name]), ...names.slice(0, -1).map((_, i) => names.slice(i))];
  const place = (set: readonly string[]) => set.reduce((total, name) => total + names.indexOf(name), 0);
  return all.sort((a, b) => a.length - b.length || place(b) - place(a));
}
