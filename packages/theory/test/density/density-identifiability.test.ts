import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear, polynomial } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, switchGate, temperature, topK } from '@tfjs-moe/gates';
import { defineFamily, poisson, studentT } from '@tfjs-moe/measures';
import { type DensityModel, densityIdentifiability, identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const ridge = (activation: 'gelu' | 'tanh' | 'sigmoid') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });
const gaussian: DensityModel = { family: 'gaussian' };
const common: DensityModel = { family: 'gaussian', variances: 'common' };
const ask = (expert: Expert, model: DensityModel, gate: Gate = softmax(), experts = 2, over = [0]) =>
  densityIdentifiability({ gate, expert, inputDim: 1, experts, model, overSpecified: over });
/** The two verdicts, and the equation of the null element with its proof. */
const words = ({ firstOrder, secondOrder }: ReturnType<typeof ask>) => [
  firstOrder.verdict,
  secondOrder.verdict,
  ...(secondOrder.verdict === 'dependent' ? [secondOrder.direction.text, secondOrder.direction.proof] : []),
];
const independent = ['independent', 'independent'];
const heat = (parameter: string) => [
  'independent',
  'dependent',
  `d_expert/${parameter} d_expert/${parameter} psi1 = 2 d_expert/variance[0] psi1`,
  'formal ring',
];

describe('the density of a Gaussian mixture', () => {
  test.each([
    ['lines', linear(), 'bias[0]'],
    ['constants', constant(), 'value[0]'],
  ] as const)('with variances of their own %s obey the heat equation', (_name, expert, parameter) => {
    expect(words(ask(expert, gaussian))).toEqual(heat(parameter));
  });

  test.each([
    ['lines with one variance and an exact atom', linear(), common],
    ['lines without a bias', linear({ useBias: false }), gaussian],
    ['gelu', ridge('gelu'), gaussian],
    ['tanh with one variance', ridge('tanh'), common],
    ['squares, whose second derivatives bend where lines do not', polynomial({ degree: 2 }), common],
  ] as const)('%s: certified in both orders', (_name, expert, model) => {
    expect(words(ask(expert, model))).toEqual(independent);
  });

  test('with constant weights two lines are one to a regression, and two to a density', () => {
    const gate = softmax({ router: { kind: 'linear' } });
    const gateParams = { 'router/kernel': [0, 0], bias: [0.5, 0] };
    const expertParams = { kernel: [1, -2], bias: [0.25, 1] };
    const of = { gate, expert: linear(), inputDim: 1, experts: 2 };
    expect(identifiability({ ...of, gateParams, expertParams }).firstOrder.verdict).toBe('dependent');
    const noise = { ...expertParams, variance: [1, 2] };
    const model = gaussian;
    expect(
      densityIdentifiability({ ...of, model, gateParams, expertParams: noise }).firstOrder,
    ).toMatchObject({ verdict: 'independent', quantifier: 'at these parameters' });
  });

  test('the equation stands under top-K and within a group, and the scale of a temperature shows in no law', () => {
    const top = topK({ k: 2, biasInSelection: false });
    expect(words(ask(linear(), gaussian, top, 3))).toEqual(heat('bias[0]'));
    expect(words(ask(linear(), gaussian, hierarchical({ groups: 2 }), 4))).toEqual(heat('bias[0]'));
    const { firstOrder } = ask(linear(), gaussian, temperature());
    expect(firstOrder).toMatchObject({ verdict: 'dependent', relations: [{ knownAs: 'temperature scale' }] });
  });
});

describe('other laws', () => {
  test.each([
    ['poisson', { family: 'poisson' }],
    ['binomial of three trials', { family: 'binomial', trials: 3 }],
    ['gamma', { family: 'gamma' }],
    ['negative binomial with one theta', { family: 'negativeBinomial', variances: 'common' }],
    ['classes', { family: 'multinomial', classes: 3 }],
  ] as const)('lines under a %s law: certified in both orders', (_name, model) => {
    expect(words(ask(linear(), model))).toEqual(independent);
  });

  test.each([1, 3, 4])('a t law of %i degrees of freedom has an equation of rank 2', (nu) => {
    const { secondOrder } = ask(linear(), { family: { kind: 'studentT', degreesOfFreedom: nu } });
    if (secondOrder.verdict !== 'dependent') throw new Error(secondOrder.verdict);
    expect(secondOrder.direction).toMatchObject({ rank: 2, proof: 'formal ring', order: 2 });
    const factor = nu === 1 ? '-' : `- ${nu} `;
    expect(secondOrder.direction.text).toContain(
      `${nu === 1 ? '= ' : ''}${factor}d_expert/bias[0] d_expert/bias[0] psi1`,
    );
  });

  test.each([1, 3, 4.5])('that equation is one of the densities of %f degrees of freedom', (nu) => {
    const y = [-3, -0.4, 0.1, 2];
    const columns = studentT({ degreesOfFreedom: nu }).columns({
      response: Float64Array.from(y),
      weights: new Float64Array(y.length).fill(1),
    });
    const room = columns.room(y.length);
    const sigma = 0.7;
    const block = { first: 0, rows: y.length };
    columns.evaluate([{ value: new Float64Array(y.length).fill(0.3) }], block, Math.log(sigma), room, true);
    const { slopes, curvatures, dispersion } = room;
    y.forEach((_, i) => {
      // Of log f in h and in log sigma; all divided by f.
      const inMean = slopes[0]![i]! ** 2 - (curvatures[0] as Float64Array)[i]!;
      const [first, second] = [dispersion!.slope[i]!, dispersion!.curvature[i]!];
      const inScale = (first ** 2 + second - first) / sigma ** 2;
      expect(inMean + inScale / nu + ((1 - nu) / nu / sigma ** 2) * first).toBeCloseTo(0, 12);
    });
  });

  test('a law of one trial is the regression of a sigmoid, and so is one of two classes', () => {
    const regression = identifiability({
      gate: softmax(),
      expert: ridge('sigmoid'),
      inputDim: 1,
      experts: 2,
    });
    const verdicts = [regression.firstOrder.verdict, regression.secondOrder.verdict];
    expect(words(ask(linear(), { family: 'binomial' }))).toEqual(verdicts);
    expect(words(ask(linear(), { family: 'multinomial', classes: 2 }))).toEqual(verdicts);
    expect(verdicts).toEqual(independent);
  });

  test('constants are told apart by counts', () => {
    expect(words(ask(constant(), { family: 'poisson' }))).toEqual(independent);
  });
});

describe('what has no density is refused by name', () => {
  const refused =
    (gate: Gate, model: DensityModel = gaussian) =>
    () =>
      ask(linear(), model, gate, 3);
  test('weights that are no law, and a selection of one expert', () => {
    expect(refused(sigmoid())).toThrow(/the gate sigmoid cannot be judged: its weights are not known to sum/);
    expect(refused(switchGate())).toThrow(/where one expert is selected it is the whole law/);
    expect(refused(sigmoid({ normalize: true }))).not.toThrow();
  });
  test('a family without an image, and options that a family has not', () => {
    const own = defineFamily('ownWithoutImage', () => {
      const { image: _, role: __, kind: ___, ...definition } = poisson();
      return { ...definition, config: {} };
    });
    expect(refused(softmax(), { family: own() })).toThrow(/has no image over Ops/);
    expect(refused(softmax(), { family: 'poisson', variances: 'own' })).toThrow(/takes no variances/);
    expect(refused(softmax(), { family: 'gaussian', classes: 3 })).toThrow(/takes no classes/);
  });
});
