import { type Activation, arrayInput, arrayOps, type Ops, tableOf } from '@tfjs-moe/core';

/** A function of one number, in the algebra of experts. */
export type Factor = <V>(ops: Ops<V>, x: V) => V;

/**
 * $\min(g, L)\, \sigma(\alpha \min(g, L))\, (\max(\min(u, L), -L) + \beta)$ of two affine maps g and u, as
 * `com.microsoft.MoE` has it.
 */
export interface SwiGlu {
  readonly alpha: number;
  readonly beta: number;
  /** L; Infinity where nothing is limited. */
  readonly limit: number;
}

/** Larger than any number that a layer meets, and its square is one in float64. */
const LARGE = 1e30;

/** The activations that the operator has; its gelu is the tanh form. */
const has = ['identity', 'relu', 'silu', 'geluTanh'] as const satisfies readonly Activation[];

/** Which of the operator's activations a function is. */
export function namedActivation(value: Factor): Activation | undefined {
  const points = pointsAround(1);
  return has.find((name) =>
    isClose(
      at(value, points),
      at((ops, x) => ops.activation(name, x), points),
    ),
  );
}

/** The numbers with which two functions, of the gate and of the other factor, are the operator's. */
export function swiGlu(ofGate: Factor, ofUp: Factor): SwiGlu | undefined {
  const [beta, largest] = at(ofUp, [0, LARGE]) as [number, number];
  const limit = largest > LARGE / 2 ? Number.POSITIVE_INFINITY : largest - beta;
  if (!(limit > 0)) return undefined;
  // Where nothing is limited yet, the gate over its argument is a sigmoid.
  const inside = Math.min(1, limit / 2);
  const share = at(ofGate, [inside])[0]! / inside;
  const alpha = Math.log(share / (1 - share)) / inside;
  if (!Number.isFinite(alpha)) return undefined;
  const points = [...pointsAround(1), ...(limit < LARGE ? pointsAround(limit) : [])];
  const gates = points.map((g) => {
    const z = Math.min(g, limit);
    return z / (1 + Math.exp(-alpha * z));
  });
  const ups = points.map((u) => Math.max(Math.min(u, limit), -limit) + beta);
  return isClose(at(ofGate, points), gates) && isClose(at(ofUp, points), ups)
    ? { alpha, beta, limit }
    : undefined;
}

/** Numbers of all sizes, of which none is special. */
function pointsAround(size: number): number[] {
  return [0, 0.013, 0.21, 0.53, 0.97, 1.04, 1.9, 3.3, 7.7, 31, 1e4].flatMap((x) => [-x * size, x * size]);
}

function at(value: Factor, points: readonly number[]): number[] {
  return tableOf(value(arrayOps, arrayInput(points.map((x) => [x])))).map(([y]) => y!);
}

function isClose(values: readonly number[], wanted: readonly number[]): boolean {
  return values.every((value, i) => Math.abs(value - wanted[i]!) <= 1e-9 * (1 + Math.abs(wanted[i]!)));
}
