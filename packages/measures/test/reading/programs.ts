import { type Activation, type GateOps, guard } from '@tfjs-moe/core';
import fc from 'fast-check';

/** A random definition: numbers that choose operations, one after the other, on what is there already. */
export type Program = readonly (readonly [operation: number, a: number, b: number])[];

export const programs: fc.Arbitrary<Program> = fc.array(
  fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999)) as fc.Arbitrary<readonly [number, number, number]>,
  { minLength: 3, maxLength: 12 },
);

/** Parameters that programs use, as shapes of one copy. */
export const shapes: Readonly<Record<string, readonly [number] | readonly [number, number]>> = {
  vector: [3],
  other: [3],
  kernel: [3, 2],
  bias: [1],
  scale: [1],
  pair: [2],
};

const activations: readonly Activation[] = [
  'relu',
  'gelu',
  'tanh',
  'sigmoid',
  'silu',
  'softplus',
  'identity',
];

/** What a program computes: its last number per token and expert. */
export function run<V>(program: Program, ops: GateOps<V>, x: V, p: Readonly<Record<string, V>>): V {
  const inside = ops.within(2);
  const scalars: V[] = [p.bias!, p.scale!, ops.dot(x, p.vector!), ops.constant(0.5)];
  const vectors: V[] = [x, p.vector!, p.other!];
  const pick = <T>(list: readonly T[], index: number) => list[index % list.length]!;
  // Operations over experts ask for a number of every expert.
  const tame = (a: V) => ops.add(ops.activation('tanh', a), ops.mul(ops.constant(0), p.bias!));
  const mask = (a: V) => {
    const [first, next] = ops.topK(tame(a), 2) as [V, V];
    return ops.add(first, next);
  };
  /** Operations from two scalars and two vectors. */
  const make: readonly ((a: V, b: V, u: V, v: V, n: number) => V)[] = [
    (a, b) => ops.add(a, b),
    (a, b) => ops.sub(a, b),
    (a, b) => ops.mul(a, b),
    (a, b) => ops.div(a, ops.add(ops.constant(3), tame(b))),
    (a) => ops.exp(tame(a)),
    (a) => ops.sqrt(ops.mul(a, a)),
    (a) => ops.log(ops.add(ops.constant(2), tame(a))),
    (a) => ops.log(ops.exp(tame(a))),
    (a, _b, _u, _v, n) => ops.activation(pick(activations, n), a),
    (_a, _b, u, v) => ops.dot(u, v),
    (a, _b, u, v) => ops.dot(ops.mul(u, a), v),
    (_a, _b, u, v) => ops.dot(ops.sub(u, v), ops.sub(u, p.other!)),
    (a, _b, u) => ops.dot(ops.affine(ops.mul(u, a), p.kernel!, p.pair!, 'tanh'), p.pair!),
    (a) => ops.softmax(tame(a)),
    (a) => inside.softmax(tame(a)),
    (a) => ops.sumExperts(tame(a)),
    (a) => inside.sumExperts(tame(a)),
    (a) => ops.logSumExp(tame(a)),
    (a) => ops.div(ops.exp(tame(a)), ops.sumExperts(ops.exp(tame(a)))),
    (a) => ops.exp(ops.sub(tame(a), ops.logSumExp(tame(a)))),
    (a, b) => ops.mul(ops.softmax(tame(a)), mask(b)),
    (a, b) => ops.softmax(ops.add(tame(a), ops.mul(ops.constant(1e9), ops.sub(mask(b), ops.constant(1))))),
    (a, b) => {
      const kept = ops.mul(ops.activation('sigmoid', tame(a)), mask(b));
      return ops.div(kept, ops.add(ops.sumExperts(kept), guard(ops, 1e-20)));
    },
    (a, b) => ops.greater(tame(a), b),
    (a, b) => ops.greaterOrEqual(tame(a), b),
    (a) => ops.greaterOrEqual(ops.softmax(tame(a)), ops.constant(0)),
    (a) => ops.greater(ops.softmax(tame(a)), ops.constant(-1)),
    (a) => ops.mul(a, ops.activation('sigmoid', a)),
    (a) => ops.div(ops.constant(1), ops.add(ops.constant(1), ops.exp(tame(a)))),
    (a) => inside.topK(tame(a), 1)[0]!,
    (a) => ops.normalCdf(a),
  ];
  for (const [operation, i, j] of program) {
    const value = pick(make, operation)(
      pick(scalars, i),
      pick(scalars, j),
      pick(vectors, i),
      pick(vectors, j),
      i + j,
    );
    scalars.push(value);
  }
  return scalars.at(-1)!;
}
