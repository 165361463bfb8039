/**
 * Expressions over Ops as data: all that have one operation, and arbitrary ones of several.
 *
 * Vectors have D features and numbers have one; where an operation has a pole its argument is kept away from it.
 */
import { type Activation, activations, type Ops } from '@tfjs-moe/core';
import fc from 'fast-check';
import type { Kind } from './layouts.ts';

export type Leaf = 'x' | 'p' | 'v' | 's' | 'x1' | 'p1' | 'v1' | 's1' | 'kernel' | 'sharedKernel';

/** The leaves: what they vary with, and whether they have D features or one. */
export const leaves: Readonly<Record<Leaf, { readonly kind: Kind; readonly wide: boolean }>> = {
  x: { kind: 'input', wide: true },
  p: { kind: 'pair', wide: true },
  v: { kind: 'vector', wide: true },
  s: { kind: 'shared', wide: true },
  x1: { kind: 'input', wide: false },
  p1: { kind: 'pair', wide: false },
  v1: { kind: 'vector', wide: false },
  s1: { kind: 'shared', wide: false },
  kernel: { kind: 'kernel', wide: true },
  sharedKernel: { kind: 'sharedKernel', wide: true },
};

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'dot';
type Unary = Activation | 'exp' | 'log' | 'sqrt';

export type Expression =
  | { readonly leaf: Leaf }
  | { readonly constant: number }
  | { readonly binary: Binary; readonly a: Expression; readonly b: Expression }
  | { readonly unary: Unary; readonly a: Expression }
  | { readonly affine: Expression; readonly kernel: Leaf; readonly bias: Leaf | undefined };

const vectors: Expression[] = [{ leaf: 'x' }, { leaf: 'p' }, { leaf: 'v' }, { leaf: 's' }];
const numbers: Expression[] = [
  { leaf: 'x1' },
  { leaf: 'p1' },
  { leaf: 'v1' },
  { leaf: 's1' },
  { constant: -1.5 },
];
const arithmetic = ['add', 'sub', 'mul', 'div'] as const;
const unary: readonly Unary[] = [...activations, 'exp', 'log', 'sqrt'];
const kernels = ['kernel', 'sharedKernel'] as const;
const biases = ['v', 's', undefined] as const;

/** Whether an expression has one feature, whatever D is. */
export function isNumber(e: Expression): boolean {
  if ('leaf' in e) return !leaves[e.leaf].wide;
  if ('constant' in e) return true;
  if ('binary' in e) return e.binary === 'dot' || (isNumber(e.a) && isNumber(e.b));
  return 'unary' in e && isNumber(e.a);
}

/** The expression in an interpretation. */
export function evaluate<V>(ops: Ops<V>, e: Expression, at: Readonly<Record<Leaf, V>>): V {
  const inner = (part: Expression) => evaluate(ops, part, at);
  const beyond = (bound: number, a: V) => ops.add(ops.constant(bound), ops.activation('tanh', a));
  if ('leaf' in e) return at[e.leaf];
  if ('constant' in e) return ops.constant(e.constant);
  if ('affine' in e) return ops.affine(inner(e.affine), at[e.kernel], e.bias && at[e.bias]);
  if ('binary' in e) {
    const b = inner(e.b);
    return ops[e.binary](inner(e.a), e.binary === 'div' ? beyond(1.5, b) : b);
  }
  if (e.unary === 'exp') return ops.exp(beyond(0, inner(e.a)));
  if (e.unary === 'log' || e.unary === 'sqrt') return ops[e.unary](beyond(1.5, inner(e.a)));
  if ('affine' in e.a) {
    const { affine, kernel, bias } = e.a;
    return ops.affine(inner(affine), at[kernel], bias && at[bias], e.unary);
  }
  return ops.activation(e.unary, inner(e.a));
}

const affines = vectors.flatMap((x) =>
  kernels.flatMap((kernel) => biases.map((bias) => ({ affine: x, kernel, bias }))),
);

/** Every operation on every combination of leaves, and activations of affine ones. */
export const singleOperations: readonly Expression[] = [
  ...arithmetic.flatMap((binary) =>
    [...vectors, ...numbers].flatMap((a) => [...vectors, ...numbers].map((b) => ({ binary, a, b }))),
  ),
  ...vectors.flatMap((a) => [...vectors, ...numbers].map((b) => ({ binary: 'dot' as const, a, b }))),
  ...numbers.flatMap((a) => vectors.map((b) => ({ binary: 'dot' as const, a, b }))),
  ...unary.flatMap((name) => [...vectors, ...numbers].map((a) => ({ unary: name, a }))),
  ...affines,
  ...affines.flatMap((a) => (['relu', 'gelu'] as const).map((name) => ({ unary: name, a }))),
];

const options = { maxDepth: 4, depthSize: 'small', withCrossShrink: true } as const;

/** Expressions of several operations. */
export const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ vector: Expression; number: Expression }>(
  (tie) => {
    const [vector, number] = [tie('vector'), tie('number')];
    const operator = fc.constantFrom(...arithmetic);
    return {
      vector: fc.oneof(
        options,
        fc.constantFrom(...vectors),
        fc.record({ binary: operator, a: vector, b: vector }),
        fc.record({ binary: operator, a: number, b: vector }),
        fc.record({ unary: fc.constantFrom(...unary), a: vector }),
        fc.record({ affine: vector, kernel: fc.constantFrom(...kernels), bias: fc.constantFrom(...biases) }),
      ),
      number: fc.oneof(
        options,
        fc.constantFrom(...numbers),
        fc.record({ binary: fc.constant('dot' as const), a: vector, b: vector }),
        fc.record({ binary: operator, a: number, b: number }),
        fc.record({ unary: fc.constantFrom(...unary), a: number }),
      ),
    };
  },
).vector;
