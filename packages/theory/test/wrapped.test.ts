import { defineGate, defineRouter, type Expert, type Gate } from '@tfjs-moe/core';
import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, linearRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { columns, columnsOf } from '@tfjs-moe/numerics';
import { identifiability, interactions, rates, reportCard } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { builtInExperts, builtInGates, builtInRouters } from '../../measures/test/built-ins.ts';
import { wrappedExpert, wrappedGate, wrappedRouter } from '../../measures/test/wrapped.ts';
import { allowanceOf } from '../src/decide/allowance.ts';
import { algebraicFamily } from '../src/families/algebraic.ts';
import { competitiveFamily } from '../src/families/competitive.ts';
import { jacobianFamily } from '../src/families/jacobian.ts';
import { strongFamily } from '../src/families/strong.ts';
import { weakFamily } from '../src/families/weak.ts';
import { gaugeOf } from '../src/identifiability/gauge.ts';
import { firstOrderNotes } from '../src/identifiability/notes.ts';
import { coveredForm } from '../src/mixture/covered-form.ts';
import { genericMeasure } from '../src/mixture/draws.ts';
import { hasKinks } from '../src/mixture/kinks.ts';
import { changesOf } from '../src/report/changes.ts';
import { describeExpert, describeGate } from '../src/report/describe.ts';
import { scalesOf } from '../src/second-order/candidates.ts';
import { livesOnTwoHalfLines } from '../src/second-order/half-lines.ts';
import type { LabelledFamily } from '../src/verdict/labelled-family.ts';

const tanh = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const precision = { bits: [192], spread: 1, seed: 0 };
const points = columnsOf([
  [0.5, -1.25],
  [2, 0.125],
  [-0.75, 1.5],
]);

/** What is asked of a family, and its functions at some points: a verdict is made of nothing else. */
function functionsOf({ labels, evaluate }: LabelledFamily): unknown {
  return [labels, evaluate(columns, points)];
}

/** Everything that theory's answers on a pair are made of. */
function subjectOf(gate: Gate, expert: Expert): unknown {
  const of = genericMeasure({ gate, expert, inputDim: 2, experts: 4 }, 3);
  const form = coveredForm(gate, 4);
  const logits = form?.type === 'competitive' && form.temperature !== undefined ? form : undefined;
  const curved = form?.type === 'competitive' ? competitiveFamily(of, form, [0]) : undefined;
  return {
    type: form?.type,
    gauge: gaugeOf(of, precision, allowanceOf('gaugeOf', {})),
    notes: firstOrderNotes(of, 0),
    jacobian: functionsOf(jacobianFamily(of)),
    curved: curved && [curved.labels, curved.blocks, curved.evaluate(columns, points)],
    literal: functionsOf(logits ? algebraicFamily(of, logits) : strongFamily(of)),
    weak: functionsOf(weakFamily(of)),
    hasKinks: hasKinks(of),
    scales: scalesOf(of),
    halfLines: livesOnTwoHalfLines({ ...of, inputDim: 1 }),
    rates: [1, 2].map((regime) => rates({ gate, expert, regime: regime as 1 | 2 })),
    // Nothing can be changed in a gate that takes no options and whose form is unknown.
    changes: form && changesOf(gate, expert, 4).map(({ name, text, code }) => [name, text, code]),
  };
}

describe('what theory asks of a definition is the same whoever wrote it', () => {
  test.each(builtInGates())('gate %s', (_name, gate) => {
    expect(subjectOf(wrappedGate(gate), tanh)).toEqual(subjectOf(gate, tanh));
  });

  test.each(builtInExperts())('expert %s', (_name, expert) => {
    const gate = softmax();
    expect(subjectOf(gate, wrappedExpert(expert))).toEqual(subjectOf(gate, expert));
    expect(describeExpert(wrappedExpert(expert)).replace('wrappedExpert', expert.kind)).toBe(
      describeExpert(expert),
    );
  });

  test.each(builtInRouters())('router %s', (_name, router) => {
    const own = wrappedRouter(router);
    for (const gate of [softmax, temperature, sigmoid] as const)
      expect(subjectOf(gate({ router: own }), tanh)).toEqual(subjectOf(gate({ router }), tanh));
  });

  test('a gate with some members by hand, inside another, or inside a level', () => {
    const { params, expertsPerToken, route, router } = softmax();
    const own = defineGate('picked', () => ({ config: {}, router, params, expertsPerToken, route }))();
    expect(subjectOf(own, tanh)).toEqual(subjectOf(softmax(), tanh));
    expect(subjectOf(topK({ weighting: own }), tanh)).toEqual(subjectOf(topK(), tanh));
    const levels = { groups: 2, outer: own, inner: topK({ k: 1, weighting: own }) };
    const expected = hierarchical({ groups: 2, inner: topK({ k: 1 }) });
    expect(subjectOf(hierarchical(levels), tanh)).toEqual(subjectOf(expected, tanh));
    expect(describeGate(topK({ weighting: own }))).toBe('top-2 gate of a softmax gate over a linear router');
  });
});

const picked = (gate: Gate): Gate => {
  const { router, params, expertsPerToken, route } = gate;
  return defineGate('picked', () => ({
    config: {},
    ...(router && { router }),
    params,
    expertsPerToken,
    route,
  }))();
};
const ownLinear = defineRouter('ownLinear', () => ({
  config: {},
  params: (inputDim) => ({ w: { shape: [inputDim], initializer: { kind: 'glorotUniform' } } }),
  logit: (ops, x, p) => ops.dot(p.w, x),
}));

describe('verdicts, rates and report cards of a pair of somebody else', () => {
  const cardOf = (gate: Gate, expert: Expert) => {
    const card = reportCard({ gate, expert, inputDim: 1, experts: 4 });
    const { title, standing, summary, firstOrder, secondOrder, culprits, interactions, rates } = card;
    const advice = card.advice.map(({ changes, text, code, verdicts }) => [changes, text, code, verdicts]);
    return { title, standing, summary, firstOrder, secondOrder, culprits, interactions, rates, advice };
  };

  test.each<[string, Gate, Expert]>([
    ['softmax and lines', softmax(), linear()],
    [
      'a temperature and gelu',
      temperature(),
      ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false }),
    ],
    ['a tree and a hidden unit', hierarchical({ groups: 2 }), ffn({ hiddenUnits: 1, activation: 'tanh' })],
  ])('%s', (_name, gate, expert) => {
    expect(cardOf(picked(gate), wrappedExpert(expert))).toEqual(cardOf(gate, expert));
  });

  test('a router that computes w.x under a name of its own is linear, and its pair identifiable', () => {
    const gate = softmax({ router: ownLinear() });
    expect(rates({ gate, expert: tanh })).toEqual(rates({ gate: softmax(), expert: tanh }));
    const { firstOrder, secondOrder } = identifiability({ gate, expert: tanh, inputDim: 2, experts: 3 });
    const { gateParams, expertParams } = identifiability({
      gate: softmax(),
      expert: tanh,
      inputDim: 2,
      experts: 3,
    }).parameters;
    const expected = identifiability({
      gate: softmax(),
      expert: tanh,
      inputDim: 2,
      experts: 3,
      gateParams,
      expertParams,
    });
    expect([firstOrder.verdict, secondOrder.verdict]).toEqual(['independent', 'independent']);
    const again = identifiability({
      gate,
      expert: tanh,
      inputDim: 2,
      experts: 3,
      gateParams: { 'router/w': gateParams['router/kernel']!, bias: gateParams.bias! },
      expertParams,
    });
    expect(again.firstOrder).toEqual(expected.firstOrder);
    const equations = interactions({ gate, expert: linear(), inputDim: 1 }).relations.map(({ name }) => name);
    expect(equations).toEqual(
      interactions({
        gate: softmax({ router: linearRouter() }),
        expert: linear(),
        inputDim: 1,
      }).relations.map(({ name }) => name),
    );
  });
});
