import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { gistemp } from '../../src/gistemp.ts';
import { columnOf, completeRows, publishedTable, sampleOf, type Table } from '../../src/index.ts';
import { penguins } from '../../src/penguins.ts';
import { testTable } from '../../src/testing/index.ts';

testTable({ describe, test }, gistemp);
testTable({ describe, test }, penguins);

/** As git does: with the kind and the length before the text. */
const sha1 = (text: string) =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
const numbers = (table: Table, name: string) => columnOf(table, name).values as readonly number[];

// The sums are those in datapackage.json of vega-datasets 3.2.1: what is vendored is what was published.
test('gistemp is global-temp.csv', () => {
  const anomalies = numbers(gistemp, 'anomaly');
  const lines = numbers(gistemp, 'year').map((year, i) => `${year},${anomalies[i]}\r\n`);
  expect(sha1(`year,temp\r\n${lines.join('')}`)).toBe('01a4f05ed45ce939307dcd9bc4e75ed5cd1ab202');
});

test('penguins is penguins.json', () => {
  const keys = [
    'Species',
    'Island',
    'Beak Length (mm)',
    'Beak Depth (mm)',
    'Flipper Length (mm)',
    'Body Mass (g)',
    'Sex',
  ];
  const birds = Array.from({ length: penguins.size }, (_, row) => {
    const cells = penguins.columns.map(({ values }) => (Number.isNaN(values[row]) ? null : values[row]));
    cells[6] = row === 336 ? '.' : ((cells[6] as string | null)?.toUpperCase() ?? null);
    return Object.fromEntries(keys.map((key, i) => [key, cells[i]]));
  });
  expect(sha1(JSON.stringify(birds, null, 2))).toBe('517b6d3267174b1b65691a37cbd59c1739155866');
});

test('complete cases', () => {
  expect(completeRows(gistemp)).toHaveLength(144);
  expect(completeRows(penguins)).toHaveLength(333);
  expect(completeRows(penguins, ['species', 'beakLength'])).toHaveLength(342);
  expect(() => completeRows(penguins, ['wings'])).toThrow(
    '[tfjs-moe] completeRows: there is no such column; there are species, island, beakLength, beakDepth, ' +
      'flipperLength, bodyMass, sex. Received: "wings".',
  );
});

test('tables become samples', () => {
  const temperatures = sampleOf(gistemp, { response: 'anomaly' });
  expect(temperatures.inputs[0]).toEqual([1880]);
  expect(temperatures.response[0]).toBe(-0.17);
  const species = sampleOf(penguins, {
    response: 'species',
    inputs: ['beakLength', 'flipperLength'],
    classes: true,
    missing: 'drop',
  });
  expect(species.classNames).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
  expect(species.response).toHaveLength(342);
  expect([0, 1, 2].map((code) => species.response.filter((y) => y === code).length)).toEqual([151, 68, 123]);
});

test('publishedTable refuses ragged text', () => {
  const columns = [
    { name: 'a', kind: 'number' },
    { name: 'b', kind: 'text' },
  ] as const;
  const about = { name: 'mine', description: 'Mine.', source: 'Me.', licence: 'CC0' };
  expect(publishedTable({ ...about, columns, text: '1,x\n,\n' }).columns.map(({ values }) => values)).toEqual(
    [
      [1, Number.NaN],
      ['x', null],
    ],
  );
  expect(() => publishedTable({ ...about, columns, text: '1,x\n2' })).toThrow(
    '[tfjs-moe] mine: row 2 must have 2 cells. Received: ["2"].',
  );
});
