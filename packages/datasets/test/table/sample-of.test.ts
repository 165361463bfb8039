import { describe, expect, test } from 'vitest';
import { readTable, type SampleOfOptions, sampleOf } from '../../src/index.ts';

const table = readTable('a,b,y,w,group\n1,2,3,1,m\n4,NA,6,2,f\n7,8,9,0,m\n10,11,12,1,\n');

describe('sampleOf', () => {
  test('takes the columns it is told', () => {
    expect(sampleOf(table, { response: 'y', inputs: ['w', 'a'] })).toEqual({
      inputs: [
        [1, 1],
        [2, 4],
        [0, 7],
        [1, 10],
      ],
      response: [3, 6, 9, 12],
      inputNames: ['w', 'a'],
      responseName: 'y',
      rows: [0, 1, 2, 3],
    });
  });

  test('takes all others by default, weights apart', () => {
    const numeric = readTable('a,b,y,w\n1,2,3,4\n');
    expect(sampleOf(numeric, { response: 'y' }).inputNames).toEqual(['a', 'b', 'w']);
    expect(sampleOf(numeric, { response: 'y', weights: 'w' })).toMatchObject({
      inputNames: ['a', 'b'],
      weights: [4],
    });
  });

  test('leaves out rows with missing values where asked to, and says which are left', () => {
    const sample = sampleOf(table, { response: 'y', inputs: ['a', 'b'], missing: 'drop' });
    expect(sample.rows).toEqual([0, 2, 3]);
    expect(sample.response).toEqual([3, 9, 12]);
  });

  test('numbers classes in their order', () => {
    const options = { inputs: ['a'], classes: true, missing: 'drop' } as const;
    expect(sampleOf(table, { response: 'group', ...options })).toMatchObject({
      response: [1, 0, 1],
      classNames: ['f', 'm'],
    });
    expect(sampleOf(readTable('a,y\n1,10\n2,9\n3,10\n'), { response: 'y', ...options })).toMatchObject({
      response: [1, 0, 1],
      classNames: ['9', '10'],
    });
  });

  test('makes indicators of factors, as the treatment contrasts of R do', () => {
    const birds = readTable('species,x,site,y\nc,1,2,5\na,2,1,6\nb,NA,1,7\nc,3,3,8\na,4,2,9\n');
    const options = { response: 'y', factors: ['site', 'species'] };
    expect(sampleOf(birds, { ...options, inputs: ['species', 'site'] })).toMatchObject({
      // model.matrix(~ species + factor(site))[, -1]
      inputs: [
        [0, 1, 1, 0],
        [0, 0, 0, 0],
        [1, 0, 0, 0],
        [0, 1, 0, 1],
        [0, 0, 1, 0],
      ],
      inputNames: ['speciesb', 'speciesc', 'site2', 'site3'],
    });
    // A value that no remaining row has needs no indicator.
    expect(sampleOf(birds, { ...options, missing: 'drop' })).toMatchObject({
      inputs: [
        [1, 1, 1, 0],
        [0, 2, 0, 0],
        [1, 3, 0, 1],
        [0, 4, 1, 0],
      ],
      inputNames: ['speciesc', 'x', 'site2', 'site3'],
    });
  });

  const infinite = readTable('a,y\n1,2\nInf,3\n');
  const asText = readTable('a,y\n1,2\n', { types: { a: 'text' } });
  test.each<[string, SampleOfOptions, string, typeof table]>([
    [
      'a missing value',
      { response: 'y', inputs: ['a', 'b'] },
      `row 2 of column "b" is missing; missing: 'drop'`,
      table,
    ],
    [
      'text',
      { response: 'y', inputs: ['group'] },
      'column "group" must hold numbers (for categories, name it in factors); row 1 does not. Received: "m".',
      table,
    ],
    ['text by default', { response: 'y' }, 'column "group" must hold numbers', table],
    [
      'numbers read as text',
      { response: 'y' },
      'column "a" must hold numbers (for categories, name it in factors); it was read as text. Received: "1".',
      asText,
    ],
    [
      'a response of text',
      { response: 'group', inputs: ['a'] },
      '(for classes, ask for classes: true); row 1 does not',
      table,
    ],
    [
      'infinite values',
      { response: 'y' },
      'row 2 of column "a" must be finite. Received: Infinity.',
      infinite,
    ],
    [
      'an unknown response',
      { response: 'z' },
      'there is no such column; there are a, b, y, w, group. Received: "z".',
      table,
    ],
    ['an unknown input', { response: 'y', inputs: ['z'] }, 'there is no such column', table],
    [
      'a factor that is no input',
      { response: 'y', inputs: ['a'], factors: ['b'] },
      'factors must be inputs; there are a. Received: "b".',
      table,
    ],
    [
      'a factor of one value',
      { response: 'y', factors: ['a'] },
      'factor "a" must have at least two values. Received: 1.',
      readTable('a,y\n1,2\n1,3\n'),
    ],
    [
      'a factor that tells every row from the others',
      { response: 'y', inputs: ['a'], factors: ['a'] },
      'factor "a" must not have another value in every row. Received: 4.',
      table,
    ],
    [
      'a factor whose indicator is called as another input',
      { response: 'y', factors: ['f'] },
      'an input must not be named twice. Received: "fb".',
      readTable('f,fb,y\na,1,2\nb,2,3\nb,3,4\n'),
    ],
    [
      'classes that are measurements',
      { response: 'y', classes: true },
      'row 2 of column "y" must be a class: a text or a whole number. Received: 2.5.',
      readTable('a,y\n1,2\n2,2.5\n'),
    ],
    [
      'a class for every row',
      { response: 'y', classes: true },
      'classes "y" must not be another one in every row. Received: 3.',
      readTable('a,y\n1,p\n2,q\n3,r\n'),
    ],
    [
      'negative weights',
      { response: 'y', weights: 'w' },
      'row 2 of column "w", the weights, must not be negative. Received: -1.',
      readTable('a,w,y\n1,2,3\n4,-1,6\n'),
    ],
    ['no inputs', { response: 'y', inputs: [] }, 'there must be at least one input', table],
    [
      'an input twice',
      { response: 'y', inputs: ['a', 'a'] },
      'an input must not be named twice. Received: "a".',
      table,
    ],
    [
      'the response as input',
      { response: 'y', inputs: ['y'] },
      'the response must not be an input too',
      table,
    ],
  ])('refuses %s', (_, options, message, from) => {
    expect(() => sampleOf(from, options)).toThrow(message);
  });

  test('refuses to be left with nothing', () => {
    const empty = readTable('a,y\nNA,1\n2,NA\n');
    expect(() => sampleOf(empty, { response: 'y', missing: 'drop' })).toThrow(
      'at least one row without a missing value',
    );
  });
});
