import { getExpert, getGate } from '@tfjs-moe/core';
import { constant, ffn, linear, polynomial } from '@tfjs-moe/experts';
import { mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import {
  identifiability,
  type ReportCard,
  type ReportSubject,
  reportCard,
  reportCardMarkdown,
  reportCardText,
} from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const relu = ffn({ hiddenUnits: [], activation: 'relu', outputWeights: false });
const deep = ffn({ hiddenUnits: 1, activation: 'gelu' });
const tanhRouter = mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' });
const size = { inputDim: 2, experts: 2 };

const changesOf = (card: ReportCard) => card.advice.map(({ changes }) => changes.join(' and '));

describe('where a pair stands, what is to blame, what mends it', () => {
  test.each([
    [
      'temperature over a linear router',
      { gate: temperature(), expert: gelu },
      'not identifiable',
      'temperature scale',
      'bounded router output',
    ],
    [
      'linear experts',
      { gate: softmax(), expert: linear() },
      'identifiable if fitted exactly',
      'homogeneity',
      'ridge expert',
    ],
    [
      'ReLU',
      { gate: softmax(), expert: relu },
      'identifiable if fitted exactly',
      'homogeneity',
      'smooth activation',
    ],
    [
      'output weights',
      { gate: softmax(), expert: deep },
      'identifiable if fitted exactly',
      'output scale',
      'no output scale',
    ],
  ] as const)('%s', (_name, pair, standing, culprit, change) => {
    const card = reportCard({ ...pair, ...size });
    expect(card.standing).toBe(standing);
    expect(card.culprits.map(({ name }) => name)).toContain(culprit);
    expect(changesOf(card)).toContain(change);
  });

  test('a card says whether it rests on a proof or on evidence', () => {
    const proved = reportCard({ gate: temperature(), expert: gelu, ...size });
    expect(proved.summary).toMatch(/^Not identifiable.*without a trace in the function\.$/);
    // Two regions of one input with a shift each: the relation between them is known by numbers alone.
    const gate = topK({ k: 2, biasInSelection: false });
    const { standing, summary } = reportCard({ gate, expert: gelu, inputDim: 1, experts: 4 });
    expect(standing).toBe('not identifiable');
    expect(summary).toMatch(/By numerical evidence, not by proof\.$/);
  });

  test('nothing is advised to a pair that needs nothing', () => {
    const card = reportCard({ gate: temperature({ router: tanhRouter }), expert: gelu, ...size });
    expect(card).toMatchObject({ standing: 'identifiable', culprits: [], advice: [] });
  });

  test('a pair that is ill twice needs two changes', () => {
    const card = reportCard({ gate: temperature(), expert: linear(), ...size });
    expect(changesOf(card)).toEqual([
      'fixed temperature and ridge expert',
      'bounded router output and ridge expert',
    ]);
  });

  test('every advice holds: what it recommends is certified when asked again, at other parameters', () => {
    for (const pair of [
      { gate: temperature(), expert: gelu },
      { gate: softmax(), expert: relu },
    ]) {
      for (const { changes, gate, expert, standing } of reportCard({ ...pair, ...size }).advice) {
        const again = identifiability({ gate: getGate(gate), expert: getExpert(expert), ...size, seed: 7 });
        expect(again.firstOrder.verdict).toBe('independent');
        if (standing === 'identifiable')
          expect([changes, again.secondOrder.verdict]).toEqual([changes, 'independent']);
      }
    }
  });

  test('no sigmoid gate for experts that it cannot mend: two atoms with one gate add up', () => {
    for (const expert of [linear(), constant(), relu, polynomial({ degree: 2 })]) {
      const card = reportCard({ gate: softmax(), expert, inputDim: 1, experts: 2 });
      expect(card.standing).not.toBe('identifiable');
      expect(changesOf(card).filter((change) => change === 'sigmoid gate')).toEqual([]);
    }
  });

  test('regime 2 of the sigmoid gate is judged where two atoms have one gate, and its rates are shown', () => {
    const card = reportCard({ gate: sigmoid(), expert: linear(), inputDim: 1, experts: 2 });
    expect([card.weak?.jacobian.verdict, card.weak?.atSplit?.verdict]).toEqual(['independent', 'dependent']);
    const text = reportCardText(card);
    expect(text).toMatch(/weak \(sigmoid, regime 2\) +dependent +the draws +at an atom split in two/);
    expect(text).toMatch(
      /in regime 2[\s\S]*over-fitted atoms +none +contradicted by our check \(amplitudeSplit\)/,
    );
    const smooth = reportCard({ gate: sigmoid(), expert: gelu, inputDim: 1, experts: 2 });
    expect(smooth.weak?.atSplit).toBeUndefined();
  });

  test('a regime that is asked for is the one that standing, blame, advice and rates are about', () => {
    const of = { gate: sigmoid(), inputDim: 1, experts: 2 };
    const standings = ([1, 2] as const).map((regime) =>
      [linear(), gelu].map((expert) => {
        const card = reportCard({ ...of, expert }, { regime });
        expect(card.subject.regime).toBe(regime);
        expect(card.ratesInRegimeTwo).toBeUndefined();
        expect(card.rates.rates[0]?.source).toContain(`Regime ${regime}`);
        return card.standing;
      }),
    );
    expect(standings).toEqual([
      ['identifiable if fitted exactly', 'identifiable'],
      ['identifiable if fitted exactly', 'undecided'],
    ]);
    const card = reportCard({ ...of, expert: linear() }, { regime: 2 });
    expect(card.culprits.map(({ name }) => name)).toEqual([
      'two atoms with one gate add up (amplitudeSplit)',
    ]);
    expect(changesOf(card)).toEqual(['the true number of experts']);
    expect(reportCardText(card)).not.toContain('second order');
    expect(() => reportCard({ ...size, gate: softmax(), expert: linear() }, { regime: 1 })).toThrow(
      'a regime is a matter of plain sigmoid gates, not of softmax',
    );
    expect(() => reportCard({ ...of, expert: gelu }, { regime: 3 as never })).toThrow('regime');
  });

  test('equations have the letters of the papers, and say what the letters are', () => {
    const card = reportCard({ gate: softmax(), expert: polynomial({ degree: 2 }), inputDim: 1, experts: 2 });
    const text = reportCardText(card);
    expect(text).toMatch(
      /null direction, the scale of expert of atom 1: \([-\d./]+ d_a_1 \+ [-\d./]+ d_b\)\^2 psi1 = [-\d./]+ d_a_1 psi1/,
    );
    expect(text).toContain('a_1: expert/kernel[0,0]');
    expect(text).toContain('psi_e: e^z (h - f), what atom e');
    // The exact equation is in the card.
    expect(card.secondOrder.direction?.text).toContain('d_expert/kernel[0,0] psi1');
  });

  test('exactly fitted atoms alone: second order does not matter', () => {
    const card = reportCard({ gate: softmax(), expert: linear(), ...size }, { overSpecified: false });
    expect(card).toMatchObject({ standing: 'identifiable', advice: [], culprits: [] });
    expect(card.rates.rates.map(({ quantity }) => quantity)).not.toContain('over-fitted atoms');
  });
});

describe('what can be reported on', () => {
  const spec = { gate: 'temperature', expert: gelu.config, ...size } as const;
  const strip = ({ subject, ...card }: ReportCard) => JSON.stringify({ ...card, subject: subject.gate });

  test('objects, configs and kinds, with the router beside the gate', () => {
    const card = strip(reportCard({ ...spec, router: tanhRouter }));
    expect(strip(reportCard({ gate: temperature({ router: tanhRouter }), expert: gelu, ...size }))).toBe(
      card,
    );
    const tree = reportCard(
      {
        gate: { kind: 'hierarchical', groups: 2 },
        router: 'mlp',
        expert: linear(),
        inputDim: 1,
        experts: 4,
      } as never,
      {
        budget: 1,
      },
    );
    expect(tree.judged.gate).toMatchObject({
      outer: { router: { kind: 'mlp' } },
      inner: { router: { kind: 'mlp' } },
    });
  });

  test('a layer and its config, at a size that can be judged', () => {
    const config = {
      name: 'mixture',
      experts: 64,
      gate: { kind: 'topK', k: 2, weighting: { kind: 'softmax' } },
      expert: { kind: 'ffn', hiddenUnits: 256, activation: 'gelu' },
      units: 10,
      batchInputShape: [null, 512],
    };
    const layer = { getConfig: () => config, apply: () => {} };
    const card = reportCard(layer);
    expect(card.subject).toMatchObject({ inputDim: 512, experts: 64, expert: { hiddenUnits: [256] } });
    expect(card.judged).toMatchObject({
      inputDim: 2,
      experts: 3,
      gate: { k: 2 },
      expert: { hiddenUnits: [1] },
    });
    expect(card.judged.reduced).toEqual([
      'inputs: 2 instead of 512',
      'experts: 3 instead of 64',
      'hidden units: 1 instead of 256',
      'outputs: 1 instead of 10',
    ]);
    expect(reportCardText(card)).toContain('a reduced size (inputs: 2 instead of 512; ');
    expect(reportCardMarkdown(card)).toContain('a reduced size (inputs: 2 instead of 512; ');
    expect(reportCard(config as ReportSubject, { budget: 1 }).judged).toEqual(card.judged);
  });

  test('bad input is refused', () => {
    expect(() => reportCard(null as never)).toThrow('needs { gate, expert, ... }');
    expect(() => reportCard({ ...spec, experts: 0 })).toThrow('experts must be');
    expect(() => reportCard({ ...spec, gate: 'nope' })).toThrow('unknown gate kind');
    expect(() => reportCard({ ...spec, atom: 3 } as never)).toThrow('unknown option "atom"');
    expect(() => reportCard(spec, { budgets: 1 } as never)).toThrow('unknown option "budgets"');
    const layers = {
      experts: 2,
      units: 1,
      gate: { kind: 'softmax' },
      expert: { kind: 'layers', layers: [] },
    };
    expect(() => reportCard(layers as never)).toThrow('have no definition over Ops');
  });
});

test('a card is plain JSON', () => {
  const card = reportCard({ gate: temperature(), expert: linear(), ...size });
  expect(JSON.parse(JSON.stringify(card))).toEqual(card);
  expect(card.literal!.relations.length).toBeGreaterThan(0);
  expect(Object.keys(card.literal!.relations[0]!)).toEqual(['text', 'latex', 'kind', 'proof', 'name']);
});
