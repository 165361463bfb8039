/** The picture of the rate experiment, at the width that there is. */
import { type RateCurve, ratePlot } from '@tfjs-moe/estimators/plots';
import type { Draw } from '../../live/draw.ts';
import type { RateResult } from '../../playground/rate-experiment.ts';
import { SIZES } from '../../playground/rate-tasks.ts';

export const ratesFigure: Draw<{ readonly results: readonly RateResult[] }> = ({ results }, width) => {
  const curves: RateCurve[] = [
    { name: 'function', losses: results.map(({ n, distance }) => ({ n, loss: distance })) },
    {
      name: 'parameters',
      losses: results.flatMap(({ n, parameters }) =>
        parameters === undefined ? [] : [{ n, loss: parameters }],
      ),
    },
  ];
  return { ...ratePlot(curves, { sizes: SIZES }), width, height: 300 };
};
