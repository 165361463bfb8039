import { defineGate, stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { getFamily, lawOfWeights, measureParts } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import { dispersionsOf } from '../../../src/likelihood/problem/dispersions.ts';
import { initialMeasure } from '../../../src/likelihood/problem/initial-measure.ts';
import { jetsSource } from '../../../src/likelihood/problem/jets-source.ts';
import { layoutOf } from '../../../src/likelihood/problem/layout.ts';
import { logWeightsFrom } from '../../../src/likelihood/problem/log-weights.ts';

const noDispersions = dispersionsOf(getFamily('poisson'), 2, { variances: 'own' });

const experts = 6;
const random = stream(3);
const rows = Array.from({ length: 30 }, () => [random.normal(), random.normal()]);
const inputs = [0, 1].map((d) => Float64Array.from(rows, (row) => row[d]!));

/** A law with no formula that a reading would know. */
const cubed = defineGate('cubedScores', () => {
  const { params, expertsPerToken, route } = softmax();
  return {
    config: {},
    params,
    expertsPerToken,
    route(ops, x, p, context) {
      const { logits, ...routing } = route(ops, x, p, context);
      const positive = ops.activation('softplus', logits);
      const cube = ops.mul(positive, ops.mul(positive, positive));
      const weights = ops.div(cube, ops.sumExperts(cube));
      return { ...routing, logits, probabilities: weights, weights, logWeights: undefined as never };
    },
  };
})();

const gates = {
  softmax: [softmax(), 'logWeights'],
  'top-2': [topK({ k: 2 }), 'logWeights'],
  hierarchical: [hierarchical({ groups: 2 }), 'form'],
  'levels that select one': [hierarchical({ groups: 2, outer: topK({ k: 1 }) }), 'form'],
  'levels of sigmoids': [hierarchical({ groups: 2, inner: sigmoid({ normalize: true }) }), 'form'],
  'levels that divide over what they select': [hierarchical({ groups: 2, inner: topK({ k: 2 }) }), 'weights'],
  'a formula of its own': [cubed, 'weights'],
} as const;

describe.each(Object.entries(gates))('of %s', (_name, [gate, wanted]) => {
  const shape = { gate, expert: linear(), inputDim: 2, experts, units: 1 };
  const layout = layoutOf(shape, initialMeasure(shape, 0), noDispersions);
  const numbers = layout.atRest.map((value, i) => (layout.held.has(i) ? value : 1.5 * random.normal()));

  test(`logarithms come from ${wanted}, and their softmax over the selected is the law`, () => {
    const from = logWeightsFrom('test', layout, inputs);
    expect(from).toBe(wanted);
    const places = Int32Array.from(layout.entries, (_, i) => i);
    const source = jetsSource({
      layout,
      units: 1,
      places,
      from,
      toNumbers: (at) => at,
      inputs: { gate: inputs, expert: inputs },
    });
    const { logits, selected } = source.evaluate(source.blocks[0]!, numbers, 0);
    const law = lawOfWeights(shape, Float64Array.from(measureParts(layout.measureAt(numbers), rows).weights));
    rows.forEach((_, i) => {
      const terms = logits.map(({ value }, e) => (selected[e]?.[i] === 0 ? 0 : Math.exp(value[i]!)));
      const sum = terms.reduce((a, b) => a + b, 0);
      terms.forEach((term, e) => {
        expect(term / sum).toBeCloseTo(law[i * experts + e]!, 12);
      });
    });
  });
});

test.each([sigmoid(), temperature({ threshold: 0.1 }), hierarchical({ groups: 2, inner: sigmoid() })])(
  'weights that do not sum to 1 are refused',
  (gate) => {
    const shape = { gate, expert: linear(), inputDim: 2, experts, units: 1 };
    const layout = layoutOf(shape, initialMeasure(shape, 0), noDispersions);
    expect(() => logWeightsFrom('test', layout, inputs)).toThrow('must sum to 1');
  },
);
