import { fitting } from '@tfjs-moe/estimators/testing';
import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { testDefinition } from '@tfjs-moe/measures/testing';
import { describe, test } from 'vitest';
import { wrappedExpert, wrappedGate } from '../../../measures/test/wrapped.ts';

// Definitions of somebody else are fitted as the built-in ones that they repeat.
for (const [name, gate] of Object.entries({
  softmax: softmax(),
  sigmoid: sigmoid({ normalize: true }),
  temperature: temperature(),
  topTwo: topK({ k: 2 }),
  tree: hierarchical({ groups: 2 }),
})) {
  const own = wrappedGate(gate, `${name}Fitted`);
  testDefinition({ describe, test }, { name, gate: own, like: { gate } }, [fitting]);
}
for (const [name, expert] of Object.entries({
  linear: linear(),
  polynomial: polynomial({ degree: 2 }),
  tanh: ffn({ hiddenUnits: 1, activation: 'tanh' }),
})) {
  const own = wrappedExpert(expert, `${name}Fitted`);
  testDefinition({ describe, test }, { name, expert: own, experts: 2, like: { expert } }, [fitting]);
}

// What a softmax does not see of directions is found in the coordinates of the router, and has no standard errors.
for (const [name, router, inputDim, experts, degreesOfFreedom, errors] of [
  ['perturbedCosine', cosineRouter({ epsilon1: 0.5, epsilon2: 0.2 }), 2, 3, '18', '14 of 22 estimates'],
  [
    'coldCosine',
    cosineRouter({ epsilon1: 0.5, epsilon2: 0.2, learned: false }),
    2,
    3,
    '18',
    '14 of 21 estimates',
  ],
  ['fewCosines', cosineRouter(), 3, 2, '14', '11 of 19 estimates'],
] as const) {
  const gate = softmax({ router });
  const expected = { 'degrees of freedom': degreesOfFreedom, 'standard errors': errors };
  testDefinition(
    { describe, test },
    { name, gate: wrappedGate(gate, name), inputDim, experts, like: { gate }, expected },
    [fitting],
  );
}
// Three lines of two inputs with their variances have 12 numbers; who scores best among three has 6 less the common scale of
// all differences, which a temperature only repeats.
for (const [name, gate] of [
  ['the best of a softmax', topK({ k: 1 })],
  ['the best of a temperature', topK({ k: 1, weighting: temperature() })],
] as const) {
  const expected = { 'degrees of freedom': '17' };
  testDefinition({ describe, test }, { name, gate, experts: 3, expected }, [fitting]);
}

// The same objects at two sizes: each has its own answers.
const pair = { gate: softmax(), expert: linear(), inputDim: 1 };
for (const [experts, degreesOfFreedom] of [
  [2, '8'],
  [3, '13'],
] as const) {
  const expected = { 'degrees of freedom': degreesOfFreedom };
  testDefinition({ describe, test }, { name: `${experts} lines`, ...pair, experts, expected }, [fitting]);
}
