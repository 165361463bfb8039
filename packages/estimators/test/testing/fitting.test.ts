import { fitting } from '@tfjs-moe/estimators/testing';
import { ffn, linear, polynomial } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
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

// The same objects at two sizes: each has its own answers.
const pair = { gate: softmax(), expert: linear(), inputDim: 1 };
for (const [experts, degreesOfFreedom] of [
  [2, '8'],
  [3, '13'],
] as const) {
  const expected = { 'degrees of freedom': degreesOfFreedom };
  testDefinition({ describe, test }, { name: `${experts} lines`, ...pair, experts, expected }, [fitting]);
}
