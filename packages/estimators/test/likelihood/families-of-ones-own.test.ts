/** A family is what it says, under any name. */
import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { defineFamily } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { fitMaximumLikelihood, residuals, standardErrors } from '../../src/index.ts';
import { families, nameOf } from './families.ts';

test.each(families.map((each) => [nameOf(each), each] as const))(
  'the family %s is fitted as well under another name',
  (_, { family, respond, trials, classes = 1 }) => {
    const { role: _role, kind, config, ...definition } = family;
    const { kind: _kind, ...options } = config;
    const own = defineFamily(`testOwn${kind[0]!.toUpperCase()}${kind.slice(1)}`, () => ({
      ...definition,
      config: options,
    }));
    const random = stream(4, 'own families', kind);
    const inputs = Array.from({ length: 200 }, () => [random.normal()]);
    const data = {
      inputs,
      response: inputs.map(([x]) => respond(x! > 0 ? 2 : -1 - x!, random)),
      ...(trials !== undefined && { trials: inputs.map(() => trials) }),
      ...(classes === 1 && { offset: Float32Array.from(inputs, ([x]) => x! / 4) }),
    };
    const [built, mine] = [family, own()].map((each) =>
      fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 2, family: each, data, starts: 3 }),
    );
    expect(mine!.logLikelihood).toBe(built!.logLikelihood);
    expect(mine!.degreesOfFreedom).toBe(built!.degreesOfFreedom);
    expect(standardErrors(mine!)).toEqual(standardErrors(built!));
    expect(residuals(mine!, data)).toEqual(residuals(built!, data));
    expect(mine!.warnings).toEqual(built!.warnings);
  },
);

test('offsets and trials that are no numbers of rows are refused by name and row', () => {
  const rows = { inputs: [[1], [2], [3]], response: [0, 1, 1] };
  const fit = (more: object) =>
    fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts: 1,
      family: 'binomial',
      data: { ...rows, ...more },
    });
  expect(() => fit({ offset: [0, Number.NaN, 0] })).toThrow('column offset must hold finite numbers; row 1');
  expect(() => fit({ offset: [0] })).toThrow('offset must have 3 numbers');
  expect(() => fit({ trials: [1, 0, 1] })).toThrow('trials must be integers of at least 1; row 1');
  expect(() => fit({ trials: [2, 1] })).toThrow('trials must have 3 numbers');
});
