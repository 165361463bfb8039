import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FormulaTerms, formulaTerms, modelMatrices, readTable, type Table } from '../../src/index.ts';

interface OfR {
  readonly formula: string;
  readonly names: string[];
  readonly old: number[][];
  readonly new: number[][];
}

const textIn = (name: string) => readFileSync(resolve(import.meta.dirname, name), 'utf8');
const old = readTable(textIn('old.csv'));
const fresh = readTable(textIn('new.csv'));
const committed = JSON.parse(textIn('model-matrices.json')) as OfR[];

function expectAsR({ formula, names, ...of }: OfR): void {
  const terms = JSON.parse(JSON.stringify(formulaTerms(formula, old))) as FormulaTerms;
  for (const [table, wanted] of [
    [old, of.old],
    [fresh, of.new],
  ] as const) {
    const { experts } = modelMatrices(terms, table);
    const rows = experts.inputs.map((row) => (experts.intercept ? [1, ...row] : row));
    expect(experts.intercept ? ['(Intercept)', ...experts.names] : experts.names).toEqual(names);
    expect(rows).toHaveLength(wanted.length);
    const gap = Math.max(
      ...rows.flatMap((row, i) =>
        wanted[i]!.map((value, j) => Math.abs(row[j]! - value) / (1 + Math.abs(value))),
      ),
    );
    expect(gap).toBeLessThan(1e-10);
  }
}

describe('formulas make the columns that model.matrix makes, of the table and of new rows', () => {
  test.each(committed)('$formula', (of) => {
    expectAsR(of);
  });
});

const probe = spawnSync('Rscript', ['-e', 'library(splines)'], { encoding: 'utf8' });

describe.skipIf(probe.error !== undefined || probe.status !== 0)('R as a peer', () => {
  test('says today what is committed', { timeout: 60_000 }, () => {
    const script = resolve(import.meta.dirname, 'model-matrix.R');
    const env = { ...process.env, LC_ALL: 'C' };
    const { stdout, stderr, status } = spawnSync('Rscript', [script, import.meta.dirname], {
      encoding: 'utf8',
      env,
    });
    expect(status, stderr).toBe(0);
    for (const of of JSON.parse(stdout) as OfR[]) expectAsR(of);
  });
});

const small = (...columns: Table['columns']): Table => ({ size: columns[0]!.values.length, columns });
const numbers = (name: string, values: number[]) => ({ name, kind: 'number', values }) as const;
const texts = (name: string, values: (string | null)[]) => ({ name, kind: 'text', values }) as const;

describe('sides of a formula', () => {
  const table = small(
    numbers('y', [1, 2, 4]),
    numbers('x', [1, 2, 3]),
    numbers('z', [0, 1, 0]),
    texts('site', ['b', 'a', 'b']),
  );

  test('left of the bar is what experts see, right of it what the gate sees', () => {
    const { experts, gate, response, rows } = modelMatrices(
      formulaTerms('log(y) ~ x | z + site', table),
      table,
    );
    expect(response).toEqual([0, Math.log(2), Math.log(4)]);
    expect(experts).toEqual({ intercept: true, names: ['x'], inputs: [[1], [2], [3]] });
    expect(gate?.names).toEqual(['z', 'siteb']);
    expect(gate?.inputs).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
    expect(rows).toEqual([0, 1, 2]);
  });

  test('a constant alone has no columns, on either side', () => {
    const { experts, gate } = modelMatrices(formulaTerms('y ~ 1 | 1', table), table);
    expect(experts).toEqual({ intercept: true, names: [], inputs: [[], [], []] });
    expect(gate).toEqual(experts);
  });

  test('offsets are added up and are no columns', () => {
    const { experts, offset } = modelMatrices(
      formulaTerms('y ~ offset(x) + offset(log(y)) + z', table),
      table,
    );
    expect(experts.names).toEqual(['z']);
    expect(offset).toEqual([1, 2 + Math.log(2), 3 + Math.log(4)]);
  });

  test('new rows need no response', () => {
    const terms = formulaTerms('y ~ x', table);
    expect(modelMatrices(terms, small(numbers('x', [5])))).toEqual({
      experts: { intercept: true, names: ['x'], inputs: [[5]] },
      rows: [0],
    });
  });

  test('rows that miss something are left out where that is asked for', () => {
    const holes = small(numbers('y', [1, 2, 3, 5]), numbers('x', [1, Number.NaN, 3, 4]));
    const terms = formulaTerms('y ~ poly(x, 2)', holes, { missing: 'drop' });
    const { rows, experts } = modelMatrices(terms, holes, { missing: 'drop' });
    expect(rows).toEqual([0, 2, 3]);
    expect(experts.inputs.flat().every(Number.isFinite)).toBe(true);
    expect(() => formulaTerms('y ~ x + I(x^2)', small(texts('x', ['1', 'v'])))).toThrow(
      /row 1 of column "x"/,
    );
  });
});

describe('refusals name the row and the column', () => {
  const table = small(numbers('x', [1, 2, 3, 4]), texts('site', ['a', 'b', 'a', 'b']));

  test.each([
    [
      'an unseen level',
      small(texts('site', ['a', 'd'])),
      /row 2 of site must be one of its levels \(a, b\).*"d"/,
    ],
    ['a missing level', small(texts('site', ['a', null])), /row 2 of column "site" must not be missing/],
    ['a missing column', small(numbers('w', [1])), /there is no such column; there are w.*"site"/],
  ])('%s', (_, rows, message) => {
    expect(() => modelMatrices(formulaTerms('~ site', table), rows)).toThrow(message);
  });

  test('a text where a number was', () => {
    const terms = formulaTerms('~ log(x)', table);
    expect(() => modelMatrices(terms, small(texts('x', ['1', 'u'])))).toThrow(
      /row 1 of column "x" must be a number/,
    );
    expect(() => modelMatrices(terms, small(numbers('x', [1, 0])))).toThrow(/log\(x\).* row 2.*-Infinity/);
  });

  test.each([
    ['y ~ x +', /place 8 .* a name, a number or a bracket/],
    ['y ~ x z', /place 7 .* a sign between two terms/],
    ['y x', /place 3 .*"~"/],
    ['y ~ x | z | x', /place 11/],
    ['y ~ x ; z', /place 7 .* cannot be read/],
    ['y ~ 2 * x', /must be 0 or 1/],
    ['y ~ .', /one by one/],
    ['y ~ x^site', /power/],
    ['~ lag(x)', /one of factor, poly.*"lag"/],
    ['~ poly(x, 9)', /at least 10 different values.*4/],
    ['~ bs(x, df = 1)', /df of bs\(x, df = 1\) must be at least 3/],
    ['~ ns(x, knots = 7)', /between 1 and 4/],
    ['~ poly(x, deg = 2)', /arguments of poly\(\) are x, degree, raw/],
    ['x ~ x', /response/],
    ['~ x | offset(x)', /left of the bar/],
    ['~ x - offset(x)', /taken away/],
  ])('%s', (formula, message) => {
    expect(() => formulaTerms(formula, table)).toThrow(message);
  });
});
