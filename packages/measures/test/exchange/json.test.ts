import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { gamma, measureFromJSON, measureToJSON, studentT } from '../../src/index.ts';
import { manyExperts, manyGates, randomMeasure } from '../measures.ts';

describe('a measure as JSON', () => {
  test('comes back with every number, whatever its gate and experts', () => {
    for (const gate of manyGates) {
      for (const expert of manyExperts) {
        const measure = { ...randomMeasure(gate, expert), dispersions: [0.1] };
        const back = measureFromJSON(JSON.parse(JSON.stringify(measureToJSON(measure))));
        expect(back.gate.config).toEqual(gate.config);
        expect(back.expert.config).toEqual(expert.config);
        expect({ ...back, gate, expert }).toEqual({ ...measure, gate, expert });
      }
    }
  });

  test('keeps its family, and a file of version 1 its standard deviations', () => {
    const plain = randomMeasure(softmax(), linear());
    for (const family of [gamma(), studentT({ degreesOfFreedom: 3 })]) {
      const back = measureFromJSON(
        JSON.parse(JSON.stringify(measureToJSON({ ...plain, dispersions: [2], family }))),
      );
      expect(back.family!.config).toEqual(family.config);
    }
    const before = { ...measureToJSON(plain), version: 1, standardDeviations: [0.25] };
    expect(measureFromJSON(before).dispersions).toEqual([0.25]);
  });

  const json = measureToJSON(randomMeasure(softmax(), linear()));
  test.each([
    [null, 'the JSON must be an object with format'],
    [{}, 'the JSON must be an object with format'],
    [{ ...json, version: 4 }, 'version must be an integer from 1 to 3'],
    [{ ...json, family: { kind: 'unheardOf' } }, 'must be one of binomial'],
    [{ ...json, gate: 'unheardOf' }, 'unknown gate kind'],
    [{ ...json, expertParams: { kernel: 'x' } }, 'expertParams must hold lists of numbers'],
    [
      { ...json, gateParams: { ...json.gateParams, bias: [1] } },
      'gateParams must have 4 numbers under "bias"',
    ],
    [{ ...json, dispersions: ['1'] }, 'dispersions must be a list of numbers'],
    [{ ...json, covariances: [['1']] }, 'covariances must be lists of numbers'],
    [{ ...json, experts: 0 }, 'experts must be an integer of at least 1'],
  ])('is refused where it is not that of a measure', (wrong, message) => {
    expect(() => measureFromJSON(wrong)).toThrow(message);
  });
});
