import { assert } from '@tfjs-moe/core/testing';
import type { MeasureShape } from '@tfjs-moe/measures';
import {
  askedOnce,
  type DefinitionReader,
  derivativeRank,
  freePlacesOfExperts,
  freePlacesOfGate,
  randomRows,
} from '@tfjs-moe/measures/testing';
import { identifiability } from '../identifiability/identifiability.ts';
import { rates } from '../rates/rates.ts';

/** Millions of operations for all verdicts on one definition. */
const BUDGET = 20_000;

/** Rows at which derivatives are taken. */
const ROWS = 200;

/**
 * What theory makes of a definition, for `testDefinition`: its verdicts and rates. Where it is called dependent, the rank of
 * derivatives in float64, which knows nothing of traits and gauges, must not be full. The reverse is no contradiction: what
 * is independent may be too nearly dependent for float64.
 */
export const judging: DefinitionReader = Object.freeze({
  name: 'theory',
  questions: {
    'first order': (shape: MeasureShape) => ({ says: verdictsOn(shape).firstOrder.verdict }),
    'second order': (shape: MeasureShape) => ({ says: verdictsOn(shape).secondOrder.verdict }),
    literal: (shape: MeasureShape) => ({ says: verdictsOn(shape).literal.verdict }),
    rates: ({ gate, expert }: MeasureShape) => ({
      says: rates({ gate, expert })
        .rates.map(({ quantity, rate }) => `${quantity} ${rate}`)
        .join(', '),
    }),
  },
  checks: [
    {
      name: 'what is dependent has derivatives that are',
      run(shape: MeasureShape) {
        const { firstOrder, parameters } = verdictsOn(shape);
        const measure = { ...shape, ...parameters };
        const free = [...freePlacesOfGate(measure), ...freePlacesOfExperts(measure)];
        const rank = derivativeRank(measure, ({ means }) => means, free, randomRows(ROWS, shape.inputDim));
        assert(
          firstOrder.verdict !== 'dependent' || rank < free.length,
          `the verdict is dependent, and all ${rank} derivatives are independent`,
        );
      },
    },
  ],
});

const verdictsOn = askedOnce(({ gate, expert, inputDim, experts }) =>
  identifiability({ gate, expert, inputDim, experts, budget: BUDGET }),
);
