import { MoeError, stream } from '@tfjs-moe/core';
import { jets, type Ring } from '@tfjs-moe/numerics';
import type { Allowance } from '../decide/allowance.ts';
import { drawnPoint, encloseInBalls } from '../decide/sampling.ts';
import { functionLabel } from '../mixture/labels.ts';
import type { MixtureProgram } from '../program/mixture-program.ts';
import { runProgram } from '../program/program.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import type { CertifiedValues } from './certificate.ts';

const BITS = 192;
const POINTS = 4;
/** Points that are drawn until so many are on no kink. */
const MOST_POINTS = 100;

/** The function of a program at some points, in balls. */
export function certifiedValues(model: MixtureProgram, seed: number, allowance: Allowance): CertifiedValues {
  const random = stream(seed, 'certificate', 'values');
  const family = outputs([model]);
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

/** Whether two programs have the same values at some points, as far as balls tell. */
export function haveOneFunction(
  a: MixtureProgram,
  b: MixtureProgram,
  seed: number,
  allowance: Allowance,
): boolean {
  const random = stream(seed, 'certificate', 'form');
  const points = Array.from({ length: MOST_POINTS / 4 }, () => drawnPoint(a.inputDim, 1, random));
  const rows = encloseInBalls(outputs([a, b]), points, BITS, allowance);
  return rows.every(([one, other]) => {
    const distance = one!.mid - other!.mid;
    return (distance < 0n ? -distance : distance) <= one!.rad + other!.rad;
  });
}

/** What some programs of the same inputs are worth. */
function outputs(models: readonly MixtureProgram[]): LabelledFamily {
  const constant = <S>(value: S) => ({ value, support: [], gradient: [], hessian: [] });
  return {
    inputDim: models[0]!.inputDim,
    labels: models.map(() => functionLabel([], [], 'f')),
    evaluate: <S>(ring: Ring<S>, x: readonly S[]): S[] =>
      models.map(({ steps, parameters, output }) => {
        const values = parameters.map(({ value }) => constant(ring.constant(value)));
        return runProgram(steps, jets(ring, 0), x.map(constant), values)[output]!.value;
      }),
  };
}
