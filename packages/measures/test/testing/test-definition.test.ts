import { defineExpert, defineGate, type GateTraits } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { type DefinitionUnderTest, measuring, testDefinition } from '@tfjs-moe/measures/testing';
import { describe, expect, test } from 'vitest';
import { wrappedExpert, wrappedGate } from '../wrapped.ts';

// Built-in definitions under the name of somebody else: the same answers, and every check.
for (const [name, gate] of Object.entries({
  softmax: softmax(),
  sigmoid: sigmoid({ normalize: true }),
  temperature: temperature(),
  topTwo: topK({ k: 2 }),
  tree: hierarchical({ groups: 2, inner: topK({ k: 1 }) }),
})) {
  testDefinition(
    { describe, test },
    { name: `like ${name}`, gate: wrappedGate(gate, `${name}Wrapped`), like: { gate } },
  );
}
for (const [name, expert] of Object.entries({
  linear: linear(),
  gelu: ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
  hiddenUnits: ffn({ hiddenUnits: 3, activation: 'tanh' }),
  hiddenRelus: ffn({ hiddenUnits: 2, activation: 'relu' }),
})) {
  testDefinition(
    { describe, test },
    { name: `like ${name}`, expert: wrappedExpert(expert, `${name}Wrapped`), like: { expert } },
  );
}

/** The names of all tests, and what those that fail say. */
function outcomeOf(definition: DefinitionUnderTest): { names: string[]; failures: Record<string, string> } {
  const names: string[] = [];
  const failures: Record<string, string> = {};
  const runner = {
    describe: (_name: string, body: () => void) => body(),
    test(name: string, body: () => void | Promise<void>) {
      names.push(name);
      try {
        body();
      } catch (error) {
        failures[name] = (error as Error).message;
      }
    },
  };
  testDefinition(runner, definition, [measuring]);
  return { names, failures };
}

/** Weights in proportion to the squares of the scores, which share a scale that no trait says. */
const squares = (traits?: GateTraits) =>
  defineGate('squares', () => {
    const { params, expertsPerToken } = softmax();
    return {
      config: {},
      ...(traits && { traits }),
      params,
      expertsPerToken,
      route(ops, x, p) {
        const logits = ops.add(ops.dot(p['router/kernel'] as never, x), p.bias as never);
        const square = ops.mul(logits, logits);
        const probabilities = ops.div(square, ops.sumExperts(square));
        const choices = [ops.greater(probabilities, ops.constant(-1))];
        return { logits, scores: logits, probabilities, choices, weights: probabilities };
      },
    };
  })();

test('the names of the tests say what is made of a definition', () => {
  const { names, failures } = outcomeOf({ name: 'mine', gate: wrappedGate(softmax(), 'mySoftmax') });
  expect(failures).toEqual({});
  expect(names).toEqual(
    expect.arrayContaining([
      'measures: gate: softmax with a bias (found)',
      'measures: router: linear in the input (found)',
      'measures: expert: affine map of the input (declared)',
      'measures: linear in: 3 of 3 numbers (declared)',
      'measures: gauge: 3 numbers are fixed',
      'measures: unseen besides: 0 directions',
      'measures: Voronoi loss: D1',
    ]),
  );
});

test('what is unseen and said by nobody is counted, with its mend', () => {
  const { names, failures } = outcomeOf({ name: 'squares', gate: squares() });
  expect(names).toContain('measures: gate: unknown');
  expect(failures).toEqual({
    'measures: nothing of the gate is unseen but what is known of':
      'the gate has 1 directions that change nothing and that nobody named: declare traits.form or traits.gauge',
  });
});

test('a gauge that is none is refused', () => {
  const lie: GateTraits = {
    gauge: (_inputDim, experts) => [
      {
        fixed: [{ name: 'bias', copy: experts - 1 }],
        move: (numbers, [t = 0]) => ({ ...numbers, bias: numbers.bias!.map((value) => value + t) }),
      },
    ],
  };
  const { failures } = outcomeOf({ name: 'lie', gate: squares(lie) });
  expect(failures['measures: a change along its gauge changes no weight']).toMatch(
    /gate squares: it is not what it declares: traits\.gauge\[0\]/,
  );
});

test('an expert with a scale that the reading does not see is told', () => {
  const twice = defineExpert('twice', () => ({
    config: {},
    params: (inputDim) => ({
      kernel: { shape: [inputDim, 1], initializer: { kind: 'glorotUniform' } },
      first: { shape: [1], initializer: { kind: 'ones' } },
      second: { shape: [1], initializer: { kind: 'ones' } },
    }),
    apply: (ops, x, p) =>
      ops.mul(ops.mul(p.first, p.second), ops.activation('tanh', ops.affine(x, p.kernel))),
  }))();
  const { failures } = outcomeOf({ name: 'twice', expert: twice });
  expect(failures['measures: nothing of an expert is unseen but what is known of']).toBe(
    'the expert has 1 directions that change nothing and that nobody named: declare traits.units',
  );
});

test('other answers than expected, those of another function, and excuses without need are failures', () => {
  const { failures } = outcomeOf({
    name: 'mine',
    gate: softmax(),
    like: { gate: temperature() },
    expected: { 'Voronoi loss': 'D2', colour: 'blue' },
    exceptions: { 'survives JSON': 'it is too large' },
  });
  expect(failures).toMatchObject({
    'measures: Voronoi loss: D1': '"D1" instead of "D2", expected',
    'measures: gate: softmax with a bias (declared)':
      '"softmax with a bias" instead of "softmax with a temperature with a bias", of the definition that it is like',
    'measures: not: survives JSON (it is too large)': 'the exception is out of date',
    'expects nothing that is not asked, and excuses nothing that is not checked':
      'there is no question "colour"; there are gate, router, expert, linear in, gauge, unseen besides, Voronoi loss',
  });
});

test('a definition that cannot be asked fails test by test, and the others of its file run', () => {
  const { names, failures } = outcomeOf({ name: 'thirds', gate: hierarchical({ groups: 3 }), experts: 4 });
  expect(names).toContain('measures: gauge: no answer');
  expect(failures['measures: gauge: no answer']).toMatch(/^\[tfjs-moe\] hierarchical: /);
  expect(names).toContain('measures: survives JSON');
});

test('an expert that says NaN passes no check of its numbers', () => {
  const roots = defineExpert('roots', () => ({
    config: {},
    params: (inputDim) => ({ kernel: { shape: [inputDim, 1], initializer: { kind: 'glorotUniform' } } }),
    apply: (ops, x, p) => ops.sqrt(ops.affine(x, p.kernel)),
  }))();
  const { failures } = outcomeOf({ name: 'roots', expert: roots });
  expect(failures['measures: nothing of an expert is unseen but what is known of']).toMatch(
    /^derivatives: number \d+ is NaN$/,
  );
  expect(Object.keys(failures)).toEqual(
    expect.arrayContaining([
      'measures: nothing of an expert is unseen but what is known of',
      'measures: its canonical form is the same function',
      'measures: survives JSON',
    ]),
  );
});
