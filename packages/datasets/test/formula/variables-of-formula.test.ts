/** The columns of a formula, changed one by one. */
import { describe, expect, test } from 'vitest';
import {
  type ColumnOfFormula,
  formulaTerms,
  inputsOfFormula,
  readTable,
  variablesOfFormula,
} from '../../src/index.ts';

const old = readTable('y,x,t,site,k\n1,2,1,b,1\n3,4,2,a,2\n2,7,3,b,3\n4,9,1,c,1\n');
const terms = formulaTerms('y ~ x * site + I(x^2) + offset(log(t)) | x + factor(k)', old);
const table = readTable('x,t,site,k\n5,2,c,3\n1,,a,1\n3,1,a,2\n');

const variables = variablesOfFormula(terms, table, { missing: 'drop' });
const named = <K extends 'values' | 'levels'>(name: string, has: K) =>
  variables.find((variable) => variable.name === name && has in variable) as Extract<
    ColumnOfFormula,
    { [P in K]: unknown }
  >;

describe('variablesOfFormula', () => {
  test('names every column once, with values or levels', () => {
    expect(variables.map(({ name }) => name)).toEqual(['x', 'site', 't', 'k']);
    expect(named('x', 'values').values).toEqual([5, 3]);
    expect(named('site', 'levels').levels).toEqual(['a', 'b', 'c']);
    expect(named('k', 'levels').levels).toEqual(['1', '2', '3']);
  });

  test.each([
    ['x', named('x', 'values').rowsAt([6, 4]), 'x,t,site,k\n6,2,c,3\n4,1,a,2\n'],
    ['t', named('t', 'values').rowsAt([3, 4]), 'x,t,site,k\n5,3,c,3\n3,4,a,2\n'],
    ['site', named('site', 'levels').rowsAt('b'), 'x,t,site,k\n5,2,b,3\n3,1,b,2\n'],
    ['k', named('k', 'levels').rowsAt('2'), 'x,t,site,k\n5,2,c,2\n3,1,a,2\n'],
  ])('%s changed is what a table with the change has', (_, rows, wanted) => {
    expect(rows).toEqual(inputsOfFormula(terms, readTable(wanted)));
  });

  test('levels of what is computed are no levels of the column', () => {
    const computed = formulaTerms('y ~ factor(floor(x / 3)) + t', old);
    expect(variablesOfFormula(computed, old).map((each) => 'values' in each)).toEqual([true, true]);
  });
});
