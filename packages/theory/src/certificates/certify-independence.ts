import { MoeError, stream } from '@tfjs-moe/core';
import { certifyRank } from '@tfjs-moe/numerics/rank';
import { type Allowance, Spent } from '../decide/allowance.ts';
import { meetingPieces } from '../decide/pieces.ts';
import { encloseInBalls, samplePoints } from '../decide/sampling.ts';
import { parameterOf } from '../program/derivatives-of-program.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import type { CertifiedIndependence } from './certificate.ts';

const SPREADS = [1, 2, 4];
const BITS = [192, 320, 640];

/** Points at which functions are proved to be independent, with their values there. */
export function certifyIndependence(
  family: LabelledFamily,
  seed: number,
  allowance: Allowance,
): CertifiedIndependence {
  const who = 'certificateToJSON';
  try {
    for (const bits of BITS) {
      for (const spread of SPREADS) {
        const random = stream(seed, 'certificate', spread);
        const count = Math.ceil(1.125 * family.labels.length) + 8;
        const drawn = samplePoints(family, count, spread, random, allowance);
        const points = meetingPieces(family, drawn, spread, random, allowance);
        // A point on a kink has no values, and is left out.
        const met = points.flatMap((point) =>
          encloseInBalls(family, [point], bits, allowance).map((row) => ({ point, row })),
        );
        const rows = met.map(({ row }) => row);
        if (rows.length < family.labels.length) continue;
        const { certified, sigmaMin } = certifyRank(rows, bits, undefined, allowance.spend);
        if (!certified) continue;
        return {
          functions: family.labels.map(parameterOf),
          points: met.map(({ point }) => point),
          bits,
          matrix: rows.map((row) => row.map(({ mid, rad }) => [`${mid}`, `${rad}`] as const)),
          sigmaMin,
        };
      }
    }
  } catch (error) {
    if (!(error instanceof Spent)) throw error;
    throw new MoeError(who, `no points were found within ${allowance.limit}`);
  }
  throw new MoeError(
    who,
    `no points were found at which ${BITS.at(-1)} bits prove the functions independent`,
  );
}
