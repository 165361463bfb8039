import { MoeError } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import * as datasets from '../src/index.ts';
import { loadMnist } from '../src/mnist.ts';
import * as select from '../src/select.ts';

const byName = new Map<string, unknown>(Object.entries({ ...datasets, ...select }));

/** What JavaScript may hand over instead of what the types say. */
const odd: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  5,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  'x',
  Symbol('s'),
  10n,
  [],
  [null],
  [[]],
  {},
  Object.create(null),
  { length: 2 },
  () => 1,
  new Date(0),
  new Map(),
];

const table = datasets.readTable('a,b,y\n1,2,3\n4,5,6\n7,9,9\n4,5,1\n');
const measure = {
  gate: softmax(),
  expert: linear(),
  inputDim: 1,
  experts: 2,
  gateParams: { 'router/kernel': [1, 0], bias: [0, 0] },
  expertParams: { kernel: [1, 2], bias: [0, 0] },
  dispersions: [1, 1],
};
const simulation = {
  measure,
  inputs: { kind: 'uniform', min: 0, max: 1 },
  noise: { kind: 'regression', standardDeviation: 1 },
  n: 4,
  seed: 0,
};
const about = { name: 'mine', description: 'd', source: 's', licence: 'l' };
const published = { ...about, columns: [{ name: 'a', kind: 'number' }], text: '1\n2\n' };
const idx = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 7]);
const available = { train: 6, test: 4 };
const sampleOptions = {
  response: 'y',
  inputs: ['a'],
  factors: ['a'],
  weights: 'b',
  missing: 'drop',
  classes: false,
};
const readOptions = { separator: ',', decimal: '.', missing: ['NA'], types: { a: 'number' } };

/** A function with arguments that are right, and the places in them that are made wrong; a `?` may be left out, or null. */
const functions: readonly [name: string, args: readonly unknown[], places: string][] = [
  ['readTable', ['a,b\n1,2\n', readOptions], '0 1? 1.separator? 1.decimal? 1.missing? 1.types? 1.types.a'],
  [
    'sampleOf',
    [table, sampleOptions],
    '0 0.size 0.columns 0.columns.0 0.columns.0.values 1 1.response 1.inputs? 1.factors? 1.weights? 1.missing? 1.classes?',
  ],
  [
    'formulaTerms',
    ['y ~ a | b', table, { missing: 'drop' }],
    '0 1 1.size 1.columns 1.columns.0 2? 2.missing?',
  ],
  [
    'modelMatrices',
    [datasets.formulaTerms('y ~ factor(a) | b', table), table, { missing: 'drop' }],
    '0 0.experts 0.experts.intercept 0.experts.variables 0.experts.variables.0 0.experts.variables.0.coding 0.experts.variables.0.coding.levels 0.experts.terms 0.experts.terms.0 0.experts.terms.0.full 0.experts.offsets 0.gate? 1 1.size 1.columns 1.columns.0 2? 2.missing?',
  ],
  [
    'sampleOfFormula',
    [table, 'a ~ b', { weights: 'b', missing: 'drop', classes: false }],
    '0 0.size 0.columns 0.columns.0 1 2? 2.weights? 2.missing? 2.classes?',
  ],
  [
    'inputsOfFormula',
    [datasets.formulaTerms('y ~ factor(a) | b', table), table, { missing: 'drop' }],
    '0 0.experts 0.experts.variables 0.experts.variables.0 0.experts.terms.0 0.gate? 1 1.size 1.columns 2? 2.missing?',
  ],
  [
    'variablesOfFormula',
    [datasets.formulaTerms('y ~ factor(a) | b', table), table, { missing: 'drop' }],
    '0 0.experts 0.experts.variables 0.experts.variables.0 0.experts.terms.0 0.gate? 1 1.size 1.columns 2? 2.missing?',
  ],
  ['columnOf', [table, 'a'], '0 0.columns 1'],
  ['completeRows', [table, ['a']], '0 0.columns 1?'],
  ['publishedTable', [published], '0 0.name 0.columns 0.columns.0 0.columns.0.kind 0.text'],
  ['parseIdx', [idx], '0'],
  ['parseIdxBytes', [idx, 1], '0 1'],
  [
    'defineDataset',
    [{ ...about, load: async () => ({}) }],
    '0 0.name 0.description 0.source 0.licence 0.load',
  ],
  ['design', ['reference-a'], '0'],
  ['shuffledRows', [6, 4, 1], '0 1 2'],
  ['spreadRows', [6, 4], '0 1'],
  ['takeRows', [new Float32Array(6), new Uint32Array([1, 0]), 2], '0 1 2'],
  ['subsetSizes', ['mine', { train: 2, test: 1 }, available], '1? 1.train? 1.test?'],
  [
    'simulate',
    [simulation],
    '0 0.measure 0.measure.gate 0.measure.expert 0.measure.inputDim 0.measure.experts 0.measure.gateParams 0.measure.gateParams.bias 0.measure.expertParams 0.measure.dispersions? 0.inputs 0.inputs.kind 0.inputs.min? 0.inputs.max? 0.noise 0.noise.kind 0.noise.standardDeviation 0.n 0.seed?',
  ],
];

/** Wrong in general, right in one place. */
const right: Readonly<Record<string, (value: unknown) => boolean>> = {
  'readTable 0': (value) => value === undefined,
  'readTable 1': (value) => isObject(value) && Object.keys(value as object).length === 0,
  'readTable 1.separator': (value) => value === 'x',
  'readTable 1.missing': (value) => Array.isArray(value) && value.length === 0,
  'readTable 1.types': isObject,
  'sampleOf 1.factors': (value) => Array.isArray(value) && value.length === 0,
  'sampleOf 1.classes': (value) => value === true,
  'formulaTerms 2': (value) => isObject(value) && Object.keys(value as object).length === 0,
  'modelMatrices 2': (value) => isObject(value) && Object.keys(value as object).length === 0,
  'modelMatrices 0.experts.intercept': (value) => value === true,
  'modelMatrices 0.experts.terms': (value) => Array.isArray(value) && value.length === 0,
  'modelMatrices 0.experts.offsets': (value) => Array.isArray(value) && value.length === 0,
  'sampleOfFormula 2': (value) => isObject(value) && Object.keys(value as object).length === 0,
  'sampleOfFormula 2.classes': (value) => value === true,
  'inputsOfFormula 2': (value) => isObject(value) && Object.keys(value as object).length === 0,
  'variablesOfFormula 2': (value) => isObject(value) && Object.keys(value as object).length === 0,
  'completeRows 1': (value) => Array.isArray(value) && value.length === 0,
  'publishedTable 0.name': (value) => typeof value === 'string',
  'defineDataset 0.name': (value) => value === 'x',
  'defineDataset 0.description': (value) => value === 'x',
  'defineDataset 0.source': (value) => value === 'x',
  'defineDataset 0.licence': (value) => value === 'x',
  'defineDataset 0.load': (value) => typeof value === 'function',
  'shuffledRows 0': (value) => value === 5,
  'shuffledRows 1': (value) => value === 5 || value === 0,
  'shuffledRows 2': isFiniteNumber,
  'spreadRows 0': (value) => value === 5,
  'spreadRows 1': (value) => value === 5 || value === 0,
  'subsetSizes 1': (value) => value === 5 || isObject(value),
  'subsetSizes 1.train': (value) => value === 5,
  'simulate 0.inputs.min': (value) => value === 0 || value === -1 || value === 0.5,
  'simulate 0.inputs.max': (value) => value === 0 || value === 5 || value === 0.5,
  'simulate 0.noise.standardDeviation': (value) => value === 0 || value === 5 || value === 0.5,
  'simulate 0.n': (value) => value === 5,
  'simulate 0.seed': isFiniteNumber,
  'publishedTable 0.text': (value) => value === '',
  'loadMnist 0.seed': isFiniteNumber,
  'loadMnist 0.shuffle': (value) => value === true,
};

/** A copy with one place changed. */
function withPlace(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const next = withPlace((value as Record<string, unknown>)[key], rest, to);
  if (Array.isArray(value)) return value.map((each, i) => (String(i) === key ? next : each));
  return { ...(value as object), [key]: next };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFiniteNumber(value: unknown): boolean {
  return Number.isFinite(value);
}

/** What is no named error, and what was taken though nothing says that it is right. */
async function unnamed(
  name: string,
  call: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  places: string,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const place of places.split(' ')) {
    const path = place.replace('?', '');
    const isRight = right[`${name} ${path}`] ?? (() => false);
    for (const value of odd) {
      const what = `${path} = ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
      try {
        await call(...(withPlace(args, path.split('.'), value) as readonly unknown[]));
        if (!isRight(value) && !(place.endsWith('?') && (value ?? undefined) === undefined))
          wrong.push(`${what} is taken`);
      } catch (error) {
        if (!(error instanceof MoeError)) wrong.push(`${what}: ${error}`);
        else if (/Symbol\.|undefined is not|not a function|Cannot /.test(error.message))
          wrong.push(error.message);
      }
    }
  }
  return wrong;
}

describe('what is no argument of its kind is named, by', () => {
  test.each(functions)('%s', async (name, args, places) => {
    const call = byName.get(name) as (...given: readonly unknown[]) => unknown;
    await call(...args);
    expect(await unnamed(name, call, args, places)).toEqual([]);
  });

  test('loadMnist, before it looks for a file', async () => {
    const folder = 'nowhere';
    const load = async (options: unknown) => {
      await loadMnist({ folder, ...(options as object) }).catch((error) => {
        if (!error.message.includes('cannot read')) throw error;
      });
    };
    const wrong = await unnamed(
      'loadMnist',
      load,
      [{ folder, seed: 1, shuffle: true }],
      '0.seed? 0.shuffle?',
    );
    expect(wrong).toEqual([]);
  });
});

test('every function of the package, and of its choice of rows, is in the table', () => {
  const exported = [...byName].filter(([, value]) => typeof value === 'function');
  expect(exported.map(([name]) => name).sort()).toEqual(functions.map(([name]) => name).sort());
});

test('one marker of missing cells is a list of one', () => {
  expect(() => datasets.readTable('a\n1\nNA\n', { missing: 'NA' as never })).toThrow(
    '[tfjs-moe] readTable: missing must be a list of texts, as ["NA"]. Received: "NA".',
  );
});

test('a column may be called as what every object has', () => {
  const text = 'constructor,toString,__proto__\nx,1,2\ny,3,4\n';
  const read = datasets.readTable(text, { types: { toString: 'number' } as never });
  expect(read.columns.map(({ kind }) => kind)).toEqual(['text', 'number', 'number']);
  const sample = datasets.sampleOf(read, { response: '__proto__', inputs: ['toString'] });
  expect(sample.response).toEqual([2, 4]);
});
