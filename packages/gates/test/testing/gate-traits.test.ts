import {
  type AnyParams,
  type CompetitiveForm,
  defineGate,
  defineRouter,
  type Freedom,
  type Gate,
  type GateDefinition,
  type GateForm,
  type GateOps,
  type GateTraits,
  type HierarchicalForm,
  mapNames,
  type Named,
  type Numbers,
  type RoutingContext,
  type SigmoidForm,
} from '@tfjs-moe/core';
import {
  groupLimitedTopK,
  hierarchical,
  linearRouter,
  minP,
  pointwise,
  sigmoid,
  softmax,
  temperature,
  topK,
  topP,
} from '@tfjs-moe/gates';
import { testGate } from '@tfjs-moe/gates/testing';
import { describe, expect, test } from 'vitest';
import { complaints, failing } from '../../../core/test/failing.ts';

/** The tests that fail when a gate says something else of itself. */
function told(of: Gate, traits: GateTraits, change: Partial<GateDefinition> = {}): string[] {
  const { kind: _, ...config } = of.config;
  const gate = defineGate('liar', () => ({ ...of, config, ...change, traits }))();
  const { form = of.traits?.sees } = of.traits ?? {};
  const isTree = form?.type === 'hierarchical';
  return failing((runner) => testGate(runner, gate, { permutable: !isTree }));
}

const names = 'form: names parameters of the right copies';
const weights = 'form: the weights are those that it says';
const seeing = 'sees: its parameters are seen as that form sees them';
const order = 'form: scores order the experts as the weights do';
const moving = 'gauge: moving along it changes no weight';

const formOf = <T>(gate: Gate) => gate.traits?.form as T;
const soft = formOf<CompetitiveForm>(softmax());
const sigmoids = formOf<SigmoidForm>(sigmoid());
const two = topK({ k: 2 });
const selecting = formOf<Required<CompetitiveForm>>(two);
const tree = hierarchical({ groups: 2 });
const levels = formOf<HierarchicalForm>(tree);
const deepSeek = topK({ weighting: 'sigmoid', selectionBias: true, weightScale: 2.5 });
const scaling = formOf<SigmoidForm>(deepSeek);

const minus = defineRouter('minus', () => ({
  config: {},
  params: (inputDim) => ({ kernel: { shape: [inputDim], initializer: { kind: 'zeros' } } }),
  logit: (ops, x, p) => ops.sub(ops.constant(0), ops.dot(x, p.kernel)),
}));

const wrong = { form: { ...soft, useBias: true } } as GateTraits;
const above = temperature({ threshold: 0.1 });
const heated = above.traits?.sees as CompetitiveForm;
const grouped = topK({ weighting: tree });
describe('testGate on what a gate sees as a form does', () => {
  test.each([
    ['above a threshold', above],
    ['divided by their sum', temperature({ threshold: 0.1, renormalize: true })],
    ['a selection among groups', grouped],
    ['a selection of a selection', topK({ weighting: topK({ k: 3 }) })],
    ['a tree with a threshold in it', hierarchical({ groups: 2, inner: above })],
    ['the fewest that hold enough', topP()],
    ['those near the best', minP()],
  ])('believes the truth: %s', (_, gate) => {
    expect(gate.traits?.sees).toBeDefined();
    expect(told(gate, gate.traits!)).toEqual([]);
  });

  test.each([
    ['no temperature', above, { ...heated, temperature: undefined }],
    ['no bias', above, { ...heated, bias: undefined }],
    ['a sigmoid, which sees every shift', above, { ...sigmoids, path: 'router' }],
    ['a softmax of what a sigmoid sees', topK({ weighting: pointwise() }), soft],
    ['a name that is not there', above, { ...heated, temperature: 'heat' }],
  ] as [string, Gate, GateForm][])('refuses %s', (_, gate, sees) => {
    expect(told(gate, { sees })).toEqual([seeing]);
  });

  test('refuses one softmax for the levels of a tree', () => {
    const sees = { ...soft, path: 'outer/router', bias: 'outer/bias' };
    expect(told(grouped, { sees })).toContain(seeing);
  });

  test('and gates that say nothing, whose selection sees what their weights do not', () => {
    expect(groupLimitedTopK({ groups: 2 }).traits?.sees).toBeUndefined();
    expect(told(groupLimitedTopK({ groups: 2 }), { sees: soft })).toContain(seeing);
  });

  test('refuses it beside a form or a gauge, which say it already', () => {
    expect(told(softmax(), { form: soft, sees: soft })).toEqual(['are of a known shape']);
    expect(told(above, { gauge: () => [], sees: heated })).toEqual(['are of a known shape']);
  });
});

test.each([
  ['traits of another shape', wrong],
  ['no traits at all', 'softmax' as GateTraits],
  ['another name', { forms: soft } as GateTraits],
])('testGate refuses %s, and asks nothing else of them', (_, traits) => {
  expect(told(softmax(), traits)).toEqual(['are of a known shape']);
});

describe('testGate on the form of a gate', () => {
  test.each([
    ['softmax', softmax()],
    ['top-2', two],
    ['scaled sigmoids', deepSeek],
    ['a tree', tree],
  ])('believes the truth: %s', (_, gate) => {
    expect(told(gate, gate.traits!)).toEqual([]);
  });

  test.each([
    ['sigmoids', softmax(), { ...soft, type: 'sigmoid', normalized: true }],
    ['no bias', softmax(), { ...soft, bias: undefined }],
    ['another router', softmax(), { ...soft, router: minus() }],
    ['no temperature', temperature(), soft],
    ['sigmoids divided by their sum', sigmoid(), { ...sigmoids, normalized: true }],
    ['sigmoids that are not divided', sigmoid({ normalize: true }), sigmoids],
    ['no selection', two, soft],
    ['a larger selection', two, { ...selecting, selection: { ...selecting.selection, k: 3 } }],
    [
      'a selection without the bias',
      two,
      { ...selecting, selection: { ...selecting.selection, by: 'scores' } },
    ],
    [
      'a selection that is not divided',
      two,
      { ...selecting, selection: { ...selecting.selection, renormalized: false } },
    ],
    [
      'a selection that is divided',
      topK({ k: 1 }),
      { ...selecting, selection: { ...selecting.selection, k: 1 } },
    ],
    [
      'no bias of the selection',
      deepSeek,
      { ...scaling, selection: { ...scaling.selection, bias: undefined } },
    ],
    ['no scale', deepSeek, { ...scaling, selection: { ...scaling.selection, scale: 1 } }],
    ['the other level', tree, { ...levels, inner: sigmoidsUnder(levels.inner) }],
  ] as [string, Gate, GateTraits['form']][])('refuses %s', (_, gate, form) => {
    expect(told(gate, { form })).toEqual(expect.arrayContaining([weights]));
  });

  test.each([
    ['a bias of another name', softmax(), { ...soft, bias: 'offset' }],
    ['a bias that is the kernel', softmax(), { ...soft, bias: 'router/kernel' }],
    ['a bias that all share', temperature(), { ...soft, bias: 'temperature' }],
    ['a temperature that is one per expert', softmax(), { ...soft, temperature: 'bias' }],
    ['a path where no router is', softmax(), { ...soft, path: '' }],
    [
      'a bias of the selection that is not there',
      two,
      { ...selecting, selection: { ...selecting.selection, by: 'weights', bias: 'extra' } },
    ],
    ['groups that do not divide', tree, { ...levels, groups: 5 }],
    ['another number of groups', tree, { ...levels, groups: 3 }],
    ['levels that change places', tree, { ...levels, outer: levels.inner, inner: levels.outer }],
  ] as [string, Gate, GateTraits['form']][])('refuses names of the wrong parameters: %s', (_, gate, form) => {
    expect(told(gate, { form })).toEqual(expect.arrayContaining([names]));
  });

  test('refuses scores by which a selection would take the smallest', () => {
    const dense = softmax();
    const route = <V>(ops: GateOps<V>, x: V, p: Named<AnyParams, V>, context: RoutingContext) => {
      const routing = dense.route(ops, x, p, context);
      return { ...routing, scores: ops.sub(ops.constant(0), routing.scores) };
    };
    expect(told(dense, { form: soft }, { route })).toEqual([order]);
  });
});

function sigmoidsUnder(inner: HierarchicalForm['inner']): SigmoidForm {
  const { temperature: _, ...rest } = inner as CompetitiveForm;
  return { ...rest, type: 'sigmoid', normalized: true };
}

test('a refusal says the claim, and where it fails', () => {
  const liar = defineGate('liar', () => ({ ...two, config: {}, traits: { form: soft } }))();
  const said = complaints((runner) => testGate(runner, liar)).get(weights);
  expect(said).toMatch(
    /^traits\.form says that the weights are the softmax of the linear router plus bias; those of route: number \d+ is [\d.]+ instead of [\d.]+$/,
  );
});

/** A softmax whose last expert's bias is fixed. */
const shift: Freedom = {
  fixed: [{ name: 'bias', copy: 5 }],
  move: (numbers, [t = 0]) => ({ ...numbers, bias: (numbers.bias as number[]).map((value) => value + t) }),
};
const tilt: Freedom = {
  fixed: [{ name: 'router/kernel', copy: 5 }],
  move: (numbers, t) => ({
    ...numbers,
    'router/kernel': (numbers['router/kernel'] as number[]).map((value, i) => value + t[i % 3]!),
  }),
};

describe('testGate on the gauge of a gate', () => {
  test('believes the truth', () => {
    expect(told(softmax(), { gauge: () => [shift, tilt] })).toEqual([]);
  });

  test.each([
    ['a freedom that sigmoids do not have', sigmoid(), shift],
    ['one that moves nothing', softmax(), { ...shift, move: (numbers: Numbers) => numbers }],
    ['one that moves the fixed copy alone', softmax(), { ...shift, move: onlyLast }],
    [
      'one that moves by another amount',
      softmax(),
      { ...shift, move: (n: Numbers, [t = 0]: readonly number[]) => shift.move(n, [2 * t]) },
    ],
    ['a copy that is not there', softmax(), { ...shift, fixed: [{ name: 'bias', copy: 6 }] }],
    ['a parameter that is not there', softmax(), { ...shift, fixed: [{ name: 'offset', copy: 5 }] }],
    [
      'numbers that are lost',
      softmax(),
      { ...shift, move: (n: Numbers, t: readonly number[]) => ({ bias: shift.move(n, t).bias as number[] }) },
    ],
    ['numbers that are changed in place', softmax(), { ...shift, move: inPlace }],
  ] as [string, Gate, Freedom][])('refuses %s', (_, gate, freedom) => {
    expect(told(gate, { gauge: () => [freedom] })).toEqual([moving]);
  });

  test('refuses to fix a parameter twice', () => {
    expect(told(softmax(), { gauge: () => [shift, shift] })).toEqual([moving]);
  });

  test('refuses a freedom of the weights that moves the selection', () => {
    // Weights 1 whoever is selected, so that they alone would not tell.
    const gate = topK({ k: 1, router: linearRouter() });
    const tempted: Freedom = {
      ...shift,
      move: (n, [t = 0]) =>
        mapNames(shift.move(n, [t]), (values, name) => (name === 'bias' ? values : values.map((v) => -v))),
    };
    expect(told(gate, { gauge: () => [tempted] })).toEqual([moving]);
  });
});

function onlyLast(numbers: Numbers, [t = 0]: readonly number[]): Numbers {
  return { ...numbers, bias: (numbers.bias as number[]).map((value, e) => (e === 5 ? value + t : value)) };
}

function inPlace(numbers: Numbers, [t = 0]: readonly number[]): Numbers {
  const bias = numbers.bias as number[];
  bias.forEach((value, e) => {
    bias[e] = value + t;
  });
  return numbers;
}
