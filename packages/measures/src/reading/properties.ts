import type { Runs } from '@tfjs-moe/core';
import { type Expression, factorsOf, GUARD, termsOf } from './expression.ts';
import { areInside, runsNamed, runsOfSpread } from './runs.ts';

/** Whether an expression is what keeps floating point finite, and no part of the model. */
export function isGuard({ operation, name }: Expression): boolean {
  return operation === 'constant' && name === GUARD;
}

/** Whether an expression is a number. */
function isConstant(expression: Expression): boolean {
  return termsOf(expression).every(({ term }) => term.operation === 'constant');
}

/** The number that an expression is, if it is one. */
export function constantOf(expression: Expression): number | undefined {
  if (!isConstant(expression)) return undefined;
  return termsOf(expression).reduce(
    (total, { term, coefficient }) => total + coefficient * term.numbers[0]!,
    0,
  );
}

/** Whether it is above 0 wherever it is finite. */
export function isPositive(expression: Expression): boolean {
  const { operation, inside, name } = expression;
  switch (operation) {
    case 'constant':
      return expression.numbers[0]! > 0;
    case 'parameter':
      return expression.isPositive;
    case 'exp':
      return true;
    case 'activation':
      return name === 'sigmoid' || name === 'softplus';
    case 'sqrt':
    case 'share':
    case 'sumExperts':
    case 'spread':
      return operation === 'sqrt' || isPositive(inside[0]!);
    case 'sum':
      return inside.length > 0 && termsOf(expression).every((t) => t.coefficient > 0 && isPositive(t.term));
    case 'product':
      return factorsOf(expression).every(({ factor }) => isPositive(factor));
    default:
      return false;
  }
}

/** Whether it is 0 or 1 everywhere. */
export function isMask(expression: Expression): boolean {
  const { operation } = expression;
  if (operation === 'rank' || operation === 'greater') return true;
  if (operation === 'constant') return expression.numbers[0] === 1;
  if (operation === 'product')
    return factorsOf(expression).every(({ factor, exponent }) => exponent > 0 && isMask(factor));
  if (operation !== 'sum') return false;
  // Different places of one order exclude each other.
  const ranks = termsOf(expression).map(({ term, coefficient }) => {
    const own = factorsOf(term).filter(({ factor }) => factor.operation === 'rank');
    return coefficient === 1 && own.length === 1 && isMask(term) ? own[0]!.factor : undefined;
  });
  const [first] = ranks;
  const places = new Set(ranks.map((rank) => rank?.numbers[0]));
  const isOneOrder = ranks.every(
    (rank) => rank && rank.inside[0] === first!.inside[0] && rank.name === first!.name,
  );
  return isOneOrder && places.size === ranks.length;
}

/** Whether all experts of each of some runs have the same value. */
export function isCommon(expression: Expression, groups: Runs): boolean {
  const { operation, inside, experts, name } = expression;
  // The first place is somebody's, also where all scores are equal.
  if (operation === 'rank' || operation === 'other') return false;
  if (experts === 1 && inside.length === 0) return true;
  if (operation === 'parameter') return false;
  if (operation === 'sumExperts' && areInside(groups, runsNamed(name))) return true;
  if (operation === 'spread' && areInside(groups, runsOfSpread(expression))) return true;
  if (operation === 'share' && !areInside(groups, runsNamed(name))) return false;
  return inside.every((part) => isCommon(part, groups));
}

type Bounds = readonly [low: number, high: number];

const everywhere: Bounds = [-Infinity, Infinity];
const ranges: Readonly<Record<string, Bounds>> = {
  tanh: [-1, 1],
  sigmoid: [0, 1],
  relu: [0, Infinity],
  softplus: [0, Infinity],
  // -0.17, -0.17 and -0.28 to two digits, rounded away.
  gelu: [-0.18, Infinity],
  geluTanh: [-0.18, Infinity],
  silu: [-0.29, Infinity],
};

/** Numbers between which an expression lies, whatever the input and the parameters. */
export function boundsOf(expression: Expression): Bounds {
  const { operation, inside, name } = expression;
  switch (operation) {
    case 'constant':
      return [expression.numbers[0]!, expression.numbers[0]!];
    case 'rank':
    case 'greater':
    case 'normalCdf':
      return [0, 1];
    case 'share':
      return isPositive(inside[0]!) || isMaskedPositive(inside[0]!) ? [0, 1] : everywhere;
    case 'exp':
    case 'sqrt':
      return [0, Infinity];
    case 'activation':
      return ranges[name] ?? everywhere;
    case 'spread':
    case 'stop':
      return boundsOf(inside[0]!);
    case 'sum':
      return termsOf(expression).reduce<Bounds>(
        ([low, high], { term, coefficient }) => {
          const ends = boundsOf(term).map((end) => end * coefficient);
          return [low + Math.min(...ends), high + Math.max(...ends)];
        },
        [0, 0],
      );
    case 'product':
      return factorsOf(expression).reduce<Bounds>(
        (a, { factor, exponent }) => times(a, power(factor, exponent)),
        [1, 1],
      );
    default:
      return everywhere;
  }
}

const isMaskedPositive = (expression: Expression): boolean =>
  factorsOf(expression).every(({ factor }) => isMask(factor) || isPositive(factor));

function power(factor: Expression, exponent: number): Bounds {
  if (exponent < 0) return isPositive(factor) ? [0, Infinity] : everywhere;
  const [low, high] = boundsOf(factor);
  if (exponent % 2 === 0) return [0, Math.max(Math.abs(low), Math.abs(high)) ** exponent];
  return [low ** exponent, high ** exponent];
}

function times(a: Bounds, b: Bounds): Bounds {
  const ends = a.flatMap((u) => b.map((v) => (u === 0 || v === 0 ? 0 : u * v)));
  return [Math.min(...ends), Math.max(...ends)];
}
