import { linear } from '@tfjs-moe/experts';
import { cosineRouter, mlpRouter, softmax } from '@tfjs-moe/gates';
import { getFamily } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';
import { dispersionsOf } from '../../../src/likelihood/problem/dispersions.ts';
import { initialMeasure } from '../../../src/likelihood/problem/initial-measure.ts';
import { layoutOf } from '../../../src/likelihood/problem/layout.ts';
import { namesFor } from '../../../src/likelihood/problem/names.ts';

const noDispersions = dispersionsOf(getFamily('poisson'), 2, { variances: 'own' });

function gateNames(router: Parameters<typeof softmax>[0]): string[] {
  const shape = { gate: softmax(router), expert: linear(), inputDim: 2, experts: 2, units: 1 };
  const { entries } = layoutOf(shape, initialMeasure(shape, 0), noDispersions);
  const nameOf = namesFor(shape);
  return entries.flatMap((entry) =>
    entry.part === 'gate' && entry.copy === 0 ? nameOf(entry, ['age', 'dose']) : [],
  );
}

test('a kernel on the inputs is named after them, under any router that has one', () => {
  expect(gateNames({})).toEqual(['age', 'dose', '(Intercept)']);
  expect(gateNames({ router: cosineRouter() }).slice(0, 2)).toEqual(['age', 'dose']);
});

test('a kernel on hidden units is not, though there be as many of them as inputs', () => {
  expect(gateNames({ router: mlpRouter({ hiddenUnits: 2 }) })).not.toContain('age');
});
