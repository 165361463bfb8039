import { stream } from '@tfjs-moe/core';
import { constant, linear } from '@tfjs-moe/experts';
import { hierarchical, noisyTopK, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { predict } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { fitLeastSquares } from '../../src/index.ts';
import { columnsOfSample } from '../../src/sample.ts';
import { standardUnits } from '../../src/units/standard-units.ts';

const random = stream(12);
const inputs = Array.from({ length: 80 }, () => [2000 + 300 * random.normal(), 0.001 * random.normal()]);
const response = inputs.map(([a, b]) => 1e4 + 3 * Math.abs(a! - 2000) + 1e5 * b! + 10 * random.normal());
const data = { inputs, response };

/** Whether the weights that a layer has sum to 1. */
const gates = [
  [softmax(), true],
  [temperature(), true],
  [topK({ k: 2 }), true],
  [hierarchical({ groups: 2 }), true],
  [sigmoid({ normalize: true }), true],
  [sigmoid(), false],
  [topK({ k: 1 }), false],
  [switchGate(), false],
  [noisyTopK({ k: 1 }), false],
  [hierarchical({ groups: 2, inner: sigmoid() }), false],
] as const;
const named = gates.map(([gate, sums]) => [JSON.stringify(gate.config), gate, sums] as const);

// Under sigmoid gates a mixture in standard units, its response centred, was another model than the one that was returned.
test.each(named)('what is reported is of what is returned, far from standard units: %s', (_, gate) => {
  for (const expert of [linear(), constant()]) {
    const fit = fitLeastSquares({ gate, expert, experts: 4, data, starts: 1, maxIterations: 30 });
    const fitted = predict(fit.measure, inputs);
    const sum = response.reduce((total, y, i) => total + (y - fitted[i]!) ** 2, 0);
    expect(fit.residualSumOfSquares / sum).toBeCloseTo(1, 8);
    expect(fit.history.at(-1)! / sum).toBeCloseTo(1, 8);
  }
});

test.each(named)('experts take up the centre of the response where weights sum to 1: %s', (_, gate, sums) => {
  const shape = { gate, expert: linear(), inputDim: 2, experts: 4 };
  const columns = columnsOfSample('test', data);
  const ofLayer = standardUnits(shape, columns, { isNumber: true, asLayer: true });
  const ofLaw = standardUnits(shape, columns, { isNumber: true });
  expect(ofLayer.response.centre).toBe(sums ? ofLaw.response.centre : 0);
  expect(ofLaw.response.centre).not.toBe(0);
});
