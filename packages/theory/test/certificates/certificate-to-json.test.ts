/** What a certificate holds, without the verifier. */
import { defineGate } from '@tfjs-moe/core';
import { ffn } from '@tfjs-moe/experts';
import { cosineRouter, hierarchical, reMoe, sigmoid, softmax, temperature } from '@tfjs-moe/gates';
import { mixingMeasure, predict } from '@tfjs-moe/measures';
import { columns, columnsOf, jets, spreadColumn } from '@tfjs-moe/numerics';
import { certificateToJSON, identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../src/program/program.ts';
import { certified } from './certified.ts';

const geluTanh = ffn({ hiddenUnits: [], activation: 'geluTanh', outputWeights: false });
const tanh = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });

test.each(Object.entries(certified))('%s: the program is the function of the mixture', (_name, [options]) => {
  const { model } = certificateToJSON(options);
  const { question: _, ...asked } = options;
  const { inputDim, experts } = options;
  const { parameters } = identifiability(asked);
  const gate = options.gate as ReturnType<typeof softmax>;
  const expert = options.expert as typeof tanh;
  // What is tied stands once for every expert, and what is always there is a line of its own.
  const ofExperts = Object.keys(expert.params(inputDim, 1)).map((name) => {
    const numbers = parameters.expertParams[name]!;
    const isTied = options.tied?.includes(`expert/${name}`);
    return [name, isTied ? Array.from({ length: experts }, () => numbers).flat() : numbers] as const;
  });
  // The second order of a sigmoid is asked where the gate of an over-fitted atom does not read the input.
  const flat = model.atoms?.mass === 'sigmoid' ? (options.overSpecified ?? [0]).length * inputDim : 0;
  const gateParams = Object.fromEntries(
    Object.entries(parameters.gateParams).map(([name, numbers]) => [
      name,
      numbers.map((value, i) => (name === 'router/kernel' && i < flat ? 0 : value)),
    ]),
  );
  const { expertParams } = parameters;
  const of = mixingMeasure({
    ...{ gate, expert, inputDim, experts },
    gateParams,
    expertParams: Object.fromEntries(ofExperts),
  });
  const always = (row: readonly number[]) =>
    options.sharedExperts === undefined
      ? 0
      : expertParams['shared/kernel']![0]! * row[0]! + expertParams['shared/bias']![0]!;
  const x = Array.from({ length: 7 }, (_, n) =>
    Array.from({ length: inputDim }, (__, u) => Math.cos(2 * n + u)),
  );
  const constant = <S>(value: S) => ({ value, support: [], gradient: [], hessian: [] });
  const run = runProgram(
    model.steps,
    jets(columns, 0),
    columnsOf(x).map(constant),
    model.parameters.map(({ value }) => constant(value)),
  );
  const own = spreadColumn(run[model.output]!.value, x.length);
  const expected = [...predict(of, x)].flat().map((value, n) => value + always(x[n]!));
  own.forEach((value, n) => {
    expect(value).toBeCloseTo(expected[n]!, 12);
  });
});

test('a certificate is plain JSON, and the same for the same seed', () => {
  const options = { gate: temperature(), expert: tanh, inputDim: 1, experts: 2 };
  const json = certificateToJSON(options);
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  expect(certificateToJSON(options)).toEqual(json);
  expect(json.relations.map(({ left }) => left)).toEqual(['gate/temperature[0]']);
});

test('what the gauge fixes is written down with its reason', () => {
  const { gauge, functions } = certificateToJSON({ gate: softmax(), expert: tanh, inputDim: 1, experts: 2 });
  expect(gauge).toEqual([
    { left: 'gate/router/kernel[0]#1', terms: [['gate/router/kernel[0]#0', '-1']] },
    { left: 'gate/bias[0]#1', terms: [['gate/bias[0]#0', '-1']] },
  ]);
  expect(functions).not.toContain('gate/bias[0]#1');
});

test('a ReLU that is active far out only is not taken for one without influence', () => {
  const gate = hierarchical({ groups: 2 });
  const relu = ffn({ hiddenUnits: [], activation: 'relu', outputWeights: false });
  const { gauge } = certificateToJSON({ gate, expert: relu, inputDim: 1, experts: 4, budget: 500 });
  const ofInner = gauge.find(({ left }) => left === 'gate/inner/router/kernel[0]#3');
  expect(ofInner?.terms).toEqual([['gate/inner/router/kernel[0]#2', '-1']]);
});

/** Sigmoids of the doubled logits, which say that they are those of the logits. */
const untrue = defineGate('untrue', () => {
  const { params, expertsPerToken, route, traits } = sigmoid();
  return {
    config: {},
    params,
    expertsPerToken,
    route(ops, x, p, context) {
      const routing = route(ops, x, p, context);
      return { ...routing, weights: ops.activation('sigmoid', ops.add(routing.logits, routing.logits)) };
    },
    ...(traits && { traits }),
  };
})();

describe('what has no certificate is refused by name', () => {
  const small = { inputDim: 1, experts: 2, expert: tanh } as const;
  test.each([
    [
      'an unknown question',
      { ...small, gate: softmax(), question: 'third order' },
      'question must be one of',
    ],
    ['an unknown option', { ...small, gate: softmax(), order: 2 }, 'order'],
    ['a budget that decides nothing', { ...small, gate: softmax(), budget: 0.001 }, 'inconclusive'],
    [
      'the second order of a gate without a form',
      { ...small, gate: reMoe(), budget: 20, question: 'second order' },
      'are not covered',
    ],
    [
      'the second order of a gate whose traits are not true',
      { ...small, gate: untrue, question: 'second order' },
      'gate untrue: it is not what it declares: traits.form says that the weights are sigmoids',
    ],
    [
      'a relation that rests on numbers',
      { inputDim: 2, experts: 2, gate: softmax({ router: cosineRouter() }), expert: geluTanh },
      'is known from numerical alone, which is no proof',
    ],
  ])('%s', (_name, options, message) => {
    expect(() => certificateToJSON(options as never)).toThrow(message);
  });
});
