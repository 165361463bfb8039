import { stream } from '@tfjs-moe/core';
import { assert } from '@tfjs-moe/core/testing';
import { type MeasureShape, measureParts, selects } from '@tfjs-moe/measures';
import {
  askedOnce,
  type DefinitionReader,
  derivativeRank,
  freePlacesOfExperts,
  freePlacesOfGate,
  randomMeasure,
  randomRows,
  selectionRank,
} from '@tfjs-moe/measures/testing';
import { standardErrors } from '../inference/coefficients.ts';
import { fitMaximumLikelihood } from '../likelihood/fit-maximum-likelihood.ts';
import type { MaximumLikelihoodFit } from '../likelihood/report/fit.ts';

/** Rows of the sample that is drawn from a definition. */
const ROWS = 2000;

/** Standard deviation of its noise, small enough that the experts can be told apart. */
const NOISE = 0.1;

/**
 * What the estimators make of a definition, for `testDefinition`: a sample is drawn from it at random parameters and fitted
 * from there. The degrees of freedom are held against the rank of derivatives, which knows nothing of traits and gauges.
 */
export const fitting: DefinitionReader = Object.freeze({
  name: 'estimators',
  questions: {
    'degrees of freedom': (shape: MeasureShape) => ({ says: String(fitOf(shape).degreesOfFreedom) }),
    'standard errors': (shape: MeasureShape) => {
      const errors = standardErrors(fitOf(shape));
      return { says: `${errors.filter((error) => error !== null).length} of ${errors.length} estimates` };
    },
    warnings: (shape: MeasureShape) => ({
      says:
        fitOf(shape)
          .warnings.map(({ reason }) => reason)
          .join(', ') || 'none',
    }),
  },
  checks: [
    {
      name: 'its degrees of freedom are what the data can tell apart',
      run(shape: MeasureShape) {
        const { measure, degreesOfFreedom } = fitOf(shape);
        const [ofGate, ofExperts] = [freePlacesOfGate(measure), freePlacesOfExperts(measure)];
        const rows = randomRows(ROWS, shape.inputDim, 7);
        // The weight of a single expert is 1: what counts of its gate is where the experts meet.
        const isOne = selects(shape) && shape.gate.expertsPerToken(shape.experts) === 1;
        const borders = isOne ? selectionRank(measure, ofGate, rows) : undefined;
        const rank =
          borders === undefined
            ? derivativeRank(
                measure,
                ({ weights, outputs }) => [...weights, ...outputs.flat()],
                [...ofGate, ...ofExperts],
                rows,
              )
            : borders + derivativeRank(measure, ({ outputs }) => outputs.flat(), ofExperts, rows);
        const all = rank + shape.experts;
        assert(
          degreesOfFreedom === all,
          `${degreesOfFreedom} degrees of freedom, and ${all} can be told apart`,
        );
      },
    },
    {
      name: 'its fit is a maximum',
      run(shape: MeasureShape) {
        const { converged, ending } = fitOf(shape);
        assert(converged, `the climb ended with "${ending}"`);
      },
    },
  ],
});

const fitOf = askedOnce(drawnAndFitted);

function drawnAndFitted(shape: MeasureShape): MaximumLikelihoodFit {
  const { gate, expert, experts, inputDim } = shape;
  const truth = { ...randomMeasure(shape, { scale: 1.5 }), dispersions: [NOISE] };
  const inputs = randomRows(ROWS, inputDim, 7);
  const { weights, outputs } = measureParts(truth, inputs);
  const random = stream(7, 'fitting');
  const response = inputs.map((_, i) => {
    const own = weights.subarray(i * experts, (i + 1) * experts);
    let left = random.uniform() * own.reduce((sum, weight) => sum + weight, 0);
    const drawn = own.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return outputs[i * experts + Math.max(0, drawn)]! + NOISE * random.normal();
  });
  return fitMaximumLikelihood({
    gate,
    expert,
    experts,
    data: { inputs, response },
    initial: { measure: { ...truth, dispersions: new Array(experts).fill(NOISE) } },
  });
}
