import { type ArrayValue, arrayGateOps } from '@tfjs-moe/core';
import type { Expression } from '../../src/reading/expression.ts';

/** The oracle of normal forms: every operation as its comment defines it, on plain arrays and without any shortcut. */
export function naive(
  of: Expression,
  x: ArrayValue,
  p: Readonly<Record<string, ArrayValue>>,
  experts: number,
): ArrayValue {
  const ops = arrayGateOps();
  const inside = of.inside.map((part) => naive(part, x, p, experts));
  const isOverExperts = ['share', 'sumExperts', 'rank'].includes(of.operation);
  if (isOverExperts && inside[0]!.experts === 1) inside[0] = ops.add(inside[0]!, zeros(experts));
  const [first, second] = inside as [ArrayValue, ArrayValue];
  const groups = Number(of.name);
  const power = (a: ArrayValue, n: number): ArrayValue => {
    let product = ops.constant(1);
    for (let i = 0; i < Math.abs(n); i++) product = n > 0 ? ops.mul(product, a) : ops.div(product, a);
    return product;
  };
  switch (of.operation) {
    case 'constant':
      return ops.constant(of.numbers[0]!);
    case 'input':
      return x;
    case 'parameter':
      return p[of.name]!;
    case 'sum':
      // What keeps experts out of an order, 3e38 times a mask, must add 0 for those inside, or it swallows their numbers.
      return inside.reduce((total, a, i) => {
        const coefficient = ops.constant(of.numbers[i]!);
        const isMask = Math.abs(of.numbers[i]!) > 1e30;
        return ops.add(total, ops.mul(coefficient, isMask ? ops.sub(a, ops.constant(1)) : a));
      }, ops.constant(0));
    case 'product':
      return inside.reduce((total, a, i) => ops.mul(total, power(a, of.numbers[i]!)), ops.constant(1));
    case 'take':
      return ops.take(first, of.numbers);
    case 'total': {
      const ones = { tokens: 1, experts: 1, rows: 1, features: of.numbers[0]! };
      return ops.dot(first, { ...ones, data: new Float64Array(of.numbers[0]!).fill(1) });
    }
    case 'matmul':
      return ops.affine(first, second);
    case 'exp':
      return ops.exp(first);
    case 'log':
      return { ...first, data: first.data.map(Math.log) };
    case 'sqrt':
      return ops.sqrt(first);
    case 'normalCdf':
      return ops.normalCdf(first);
    case 'activation':
      return ops.activation(of.name as 'tanh', first);
    case 'greater':
      return ops.greater(first, second);
    case 'stop':
      return first;
    case 'share':
      return ops.div(first, ops.within(groups).sumExperts(first));
    case 'sumExperts':
      return ops.within(groups).sumExperts(first);
    case 'rank':
      return ops
        .within(groups)
        .topK(first, of.numbers[0]! + 1)
        .at(-1)!;
    case 'spread':
      return ops.spread(first, { ...first, experts: of.experts });
    case 'other':
      throw new Error(`no definition of evaluation uses ${of.name}`);
  }
}

/** 0 for every expert, to spread what is the same for all. */
function zeros(experts: number): ArrayValue {
  return { tokens: 1, experts, rows: 1, features: 1, data: new Float64Array(experts) };
}
