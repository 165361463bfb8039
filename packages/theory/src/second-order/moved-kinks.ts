/**
 * Directions of experts and routers with kinks.
 *
 * Almost everywhere ReLU has no second derivative, but a kink that moves leaves a hat of height t and width t, whose
 * length $t^{3/2}$ is more than the $t^2$ of a second order. So a direction is null only if no kink moves along it. Two
 * ways to know: its equation holds with an unknown in place of each $\mathrm{relu}''(z)$, so no argument of a ReLU depends
 * on it; or the first derivative along it is a multiple of h (Euler), hence continuous, which it would not be across a
 * kink that moves.
 */
import { firstDerivative, type Ring } from '@tfjs-moe/numerics';
import type { Allowance } from '../decide/allowance.ts';
import { formally } from '../decide/exact.ts';
import type { Block } from '../families/curved-family.ts';
import type { Atom } from '../mixture/atom.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';

/** The family with an unknown for every second derivative of a ReLU. */
export function withUnknownKinks(family: LabelledFamily): LabelledFamily {
  return { ...family, evaluate: (ring, x) => family.evaluate(kinked(ring), x) };
}

function kinked<S>(ring: Ring<S>): Ring<S> {
  return {
    ...ring,
    derivatives(name, a, order) {
      const of = ring.derivatives(name, a, order);
      if (name !== 'relu' || order < 2 || ring.isZero(a)) return of;
      return [of[0]!, of[1]!, ring.derivatives('log', a, 0)[0]!];
    },
  };
}

/** Whether the derivative of an atom's expert along a direction is proved to be a multiple of the expert. */
export function isEulerDirection(
  atom: Atom,
  { coordinates, indices }: Block,
  vector: readonly number[],
  inputDim: number,
  allowance: Allowance,
): boolean {
  if (coordinates.some(({ part }, i) => part === 'gate' && vector[i] !== 0)) return false;
  const found = formally(
    {
      inputDim,
      evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
        const output = atom.output(ring, x, 1);
        const slopes = indices.map((i) => firstDerivative(ring, output, i));
        return [output.value, ring.dot(vector.map(ring.constant), slopes)];
      },
    },
    allowance,
  );
  return found?.relations.some(({ column }) => column === 1) ?? false;
}
