import { MoeError, stream } from '@tfjs-moe/core';
import { jets, type Ring } from '@tfjs-moe/numerics';
import type { Allowance } from '../decide/allowance.ts';
import { drawnPoint, encloseInBalls } from '../decide/sampling.ts';
import { functionLabel } from '../mixture/labels.ts';
import type { MixtureProgram } from '../program/mixture-program.ts';
import { runProgram } from '../program/program.ts';
import type { CertifiedValues } from './certificate.ts';

const BITS = 192;
const POINTS = 4;
/** Points that are drawn until so many are on no kink. */
const MOST_POINTS = 100;

/** The function of a program at some points, in balls. */
export function certifiedValues(model: MixtureProgram, seed: number, allowance: Allowance): CertifiedValues {
  const random = stream(seed, 'certificate', 'values');
  const constant = <S>(value: S) => ({ value, support: [], gradient: [], hessian: [] });
  const family = {
    inputDim: model.inputDim,
    labels: [functionLabel([], [], 'f')],
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const parameters = model.parameters.map(({ value }) => constant(ring.constant(value)));
      const values = runProgram(model.steps, jets(ring, 0), x.map(constant), parameters);
      return [values[model.output]!.value];
    },
  };
  const met: (readonly [point: readonly number[], mid: string, radius: string])[] = [];
  for (let n = 0; n < MOST_POINTS && met.length < POINTS; n++) {
    const point = drawnPoint(model.inputDim, 1, random);
    for (const [value] of encloseInBalls(family, [point], BITS, allowance))
      met.push([point, `${value!.mid}`, `${value!.rad}`]);
  }
  if (met.length === 0)
    throw new MoeError('certificateToJSON', 'the mixture has no value at any of the points drawn');
  return {
    points: met.map(([point]) => point),
    bits: BITS,
    output: met.map(([, mid, radius]) => [mid, radius] as const),
  };
}
