import { stream } from '@tfjs-moe/core';
import { inputsOfFormula, readTable, sampleOfFormula } from '@tfjs-moe/datasets';
import { linear } from '@tfjs-moe/experts';
import { constantRouter, hierarchical, softmax, topK } from '@tfjs-moe/gates';
import { measureFromJSON, measureToJSON, predict, responsibilities } from '@tfjs-moe/measures';
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  crossValidate,
  fitLeastSquares,
  fitMaximumLikelihood,
  type Sample,
  selectExperts,
  standardErrors,
  summary,
} from '../../src/index.ts';

/** Lines of x, weights of z, and a column that says nothing. */
function drawn(seed: number, n = 200): Sample & { inputNames: string[] } {
  const random = stream(seed, 'own inputs');
  const rows = Array.from({ length: n }, () => {
    const [x, z, noise] = [random.normal(), random.normal(), random.normal()];
    const isFirst = random.uniform() < 1 / (1 + Math.exp(-0.4 - 1.5 * z));
    return { inputs: [x, noise, z], y: (isFirst ? 1 + 2 * x : -1 - 0.5 * x) + 0.5 * random.normal() };
  });
  return {
    inputs: rows.map(({ inputs }) => inputs),
    response: rows.map(({ y }) => y),
    inputNames: ['x', 'noise', 'z'],
  };
}

const model = { gate: softmax(), expert: linear(), experts: 2, starts: 3 };
const namesOf = (
  fit: { estimates: readonly { group: string; name: string; part: string }[] },
  group: string,
) => fit.estimates.filter((each) => each.group === group && each.part !== 'noise').map(({ name }) => name);

describe('inputs of the gate and of the experts', () => {
  const data = drawn(1);
  const own = { ...data, gateInputs: ['z'], expertInputs: ['x'] };
  const fit = fitMaximumLikelihood({ ...model, data: own });

  test('estimates carry the names of the inputs that each side sees', () => {
    expect(namesOf(fit, 'expert 1').sort()).toEqual(['(Intercept)', 'x']);
    expect(namesOf(fit, 'gate 1').sort()).toEqual(['(Intercept)', 'z']);
    expect(fit.degreesOfFreedom).toBe(8);
    expect(standardErrors(fit).filter(Number.isFinite)).toHaveLength(8);
    expect(summary(fit).text).toContain('Mixture of 2 linear experts');
  });

  test('all of them are the plain fit', () => {
    const names = data.inputNames;
    const plain = fitMaximumLikelihood({ ...model, data });
    const all = fitMaximumLikelihood({ ...model, data: { ...data, gateInputs: names, expertInputs: names } });
    expect(all).toEqual(plain);
  });

  test('the order of columns does not matter', () => {
    const turned = {
      ...own,
      inputs: data.inputs.map((row) => [row[2]!, row[0]!, row[1]!]),
      inputNames: ['z', 'x', 'noise'],
    };
    const other = fitMaximumLikelihood({ ...model, data: turned });
    expect(other.logLikelihood).toBeCloseTo(fit.logLikelihood, 8);
    expect(namesOf(other, 'gate 1').sort()).toEqual(['(Intercept)', 'z']);
  });

  test('a fit of two columns is the same as one of a wider table', () => {
    const narrow = { ...own, inputs: data.inputs.map((row) => [row[0]!, row[2]!]), inputNames: ['x', 'z'] };
    expect(fitMaximumLikelihood({ ...model, data: narrow }).logLikelihood).toBeCloseTo(fit.logLikelihood, 9);
  });

  test('a gate that sees none has constant weights, as one with a constant router', () => {
    const none = fitMaximumLikelihood({ ...model, data: { ...own, gateInputs: [] } });
    const constant = fitMaximumLikelihood({
      ...model,
      gate: softmax({ router: constantRouter(), useBias: false }),
      data: { ...data, expertInputs: ['x'] },
    });
    expect(none.logLikelihood).toBeCloseTo(constant.logLikelihood, 9);
    expect(none.degreesOfFreedom).toBe(7);
    expect(namesOf(none, 'gate 1')).toEqual(['(Intercept)']);
  });

  test('experts that see none are constants', () => {
    const none = fitMaximumLikelihood({ ...model, data: { ...own, expertInputs: [] } });
    expect(namesOf(none, 'expert 1')).toEqual(['(Intercept)']);
    expect(none.degreesOfFreedom).toBe(6);
  });

  test('the fit is stored, predicts, and is made again', () => {
    const again = measureFromJSON(JSON.parse(JSON.stringify(measureToJSON(fit.measure))));
    expect(predict(again, data.inputs)).toEqual(predict(fit.measure, data.inputs));
    expect(responsibilities(again, own)).toHaveLength(400);
    expect(bootstrap(fit, own, { replicates: 3 }).replicates).toHaveLength(3);
    expect(Number.isFinite(crossValidate({ ...model, data: own, folds: 2, starts: 1 }).logLikelihood)).toBe(
      true,
    );
    expect(
      selectExperts({ gate: softmax(), expert: linear(), data: own, range: [1, 2], starts: 2 }).best.experts,
    ).toBe(2);
  });

  test('least squares see them too, and gates of several routers, or that select', () => {
    const squares = fitLeastSquares({ ...model, data: own, starts: 2 });
    expect(squares.measure.gateParams['router/kernel']).toHaveLength(2);
    expect(squares.measure.expertParams.kernel).toHaveLength(2);
    const few = { ...drawn(3, 60), gateInputs: ['z'], expertInputs: ['x'] };
    for (const gate of [hierarchical({ groups: 2 }), topK({ k: 1 })]) {
      const options = { ...model, gate, experts: 2, starts: 1, data: few };
      const found = fitMaximumLikelihood(options);
      expect(Number.isFinite(found.logLikelihood)).toBe(true);
    }
  });

  test('what is no input is refused by name', () => {
    expect(() => fitMaximumLikelihood({ ...model, data: { ...data, gateInputs: ['w'] } })).toThrow(
      'gateInputs must be among the inputs (x, noise, z). Received: "w".',
    );
    expect(() =>
      fitMaximumLikelihood({ ...model, gate: 'productKeys', data: { ...data, gateInputs: ['z'] } }),
    ).toThrow('gateInputs are for gates with a router');
  });
});

describe('a formula', () => {
  const { inputs, response } = drawn(2);
  const site = (i: number) => ['a', 'b', 'c'][i % 3]!;
  const csv = `y,x,site,z\n${(response as unknown as number[]) && inputs.map((row, i) => `${response[i]},${row[0]},${site(i)},${row[2]}`).join('\n')}\n`;
  const table = readTable(csv);

  test('gives each side its columns, and reads new rows as the old', () => {
    const data = sampleOfFormula(table, 'y ~ poly(x, 2) + site | z');
    const fit = fitMaximumLikelihood({ ...model, data });
    expect(namesOf(fit, 'gate 1').sort()).toEqual(['(Intercept)', 'z']);
    expect(namesOf(fit, 'expert 1').sort()).toEqual([
      '(Intercept)',
      'poly(x, 2)1',
      'poly(x, 2)2',
      'siteb',
      'sitec',
    ]);
    const saved = JSON.parse(JSON.stringify(data.terms));
    const one = inputsOfFormula(saved, readTable(csv.split('\n').slice(0, 2).join('\n')));
    expect(predict(fit.measure, one.inputs)).toEqual(predict(fit.measure, [data.inputs[0]!]));
    expect(() => inputsOfFormula(saved, readTable('x,site,z\n1,d,2\n'))).toThrow(
      'row 1 of site must be one of its levels (a, b, c). Received: "d".',
    );
  });

  test('may have nothing on either side', () => {
    const fit = fitMaximumLikelihood({ ...model, data: sampleOfFormula(table, 'y ~ 1') });
    expect(fit.degreesOfFreedom).toBe(5);
    expect(namesOf(fit, 'gate 1')).toEqual(['(Intercept)']);
    expect(namesOf(fit, 'expert 2')).toEqual(['(Intercept)']);
    const constant = fitMaximumLikelihood({ ...model, data: sampleOfFormula(table, 'y ~ x | 1') });
    expect(constant.degreesOfFreedom).toBe(7);
  });
});
