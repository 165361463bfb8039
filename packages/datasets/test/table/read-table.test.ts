import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTable, type Table } from '../../src/index.ts';

/** The table as an object of columns. */
const columns = (table: Table) => Object.fromEntries(table.columns.map(({ name, values }) => [name, values]));
const kinds = (table: Table) => table.columns.map(({ kind }) => kind);

describe('reads', () => {
  test.each<[string, string]>([
    ['line feeds', 'x,y\n1,2\n3,4\n'],
    ['carriage returns and line feeds', 'x,y\r\n1,2\r\n3,4\r\n'],
    ['no last line end', 'x,y\n1,2\n3,4'],
    ['a byte order mark', '\uFEFFx,y\n1,2\n3,4\n'],
    ['a byte order mark before a quote', '\uFEFF"x","y"\n1,2\n3,4\n'],
    ['spaces', ' x , y\n 1,2 \n3 ,\t4\n'],
    ['empty lines', '\nx,y\n\n1,2\n   \n3,4\n\n'],
    ['quoted numbers', '"x","y"\n"1","2"\n"3","4"\n'],
    ['semicolons', 'x;y\n1;2\n3;4\n'],
    ['a quoted header with other separators', '"x";"y"\n1;2\n3;4\n'],
    ['tabs', 'x\ty\n1\t2\n3\t4\n'],
    ['bars', 'x|y\n1|2\n3|4\n'],
    ['signs, decimals and exponents', 'x,y\n+1.0,.2e1\n30E-1,4.\n'],
  ])('%s', (_, text) => {
    const table = readTable(text);
    expect(columns(table)).toEqual({ x: [1, 3], y: [2, 4] });
    expect(kinds(table)).toEqual(['number', 'number']);
    expect(table.size).toBe(2);
  });

  test('separators, quotes and line breaks inside of quotes', () => {
    const text = 'name,y\n"Smith, ""Joe""",1\n"two\nlines",2\n"two\r\nmore",3\n"",4\n';
    expect(columns(readTable(text))).toEqual({
      name: ['Smith, "Joe"', 'two\nlines', 'two\r\nmore', null],
      y: [1, 2, 3, 4],
    });
  });

  test('missing values', () => {
    const table = readTable('x,name,none\n1,NA,\nNA,b,NA\n,"",NaN\nNaN,null,nan\n');
    expect(columns(table)).toEqual({
      x: [1, Number.NaN, Number.NaN, Number.NaN],
      name: [null, 'b', null, null],
      none: [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    });
    expect(kinds(table)).toEqual(['number', 'text', 'number']);
    expect(columns(readTable('x\n-99\nNA\n', { missing: ['-99'] }))).toEqual({ x: [null, 'NA'] });
  });

  test('decimal commas, as R writes with write.csv2', () => {
    expect(columns(readTable('x;y\n1,5;2\n-,5;3\n', { decimal: ',' }))).toEqual({
      x: [1.5, -0.5],
      y: [2, 3],
    });
    expect(columns(readTable('x;y\n1.5;2\n', { decimal: ',' }))).toEqual({ x: ['1.5'], y: [2] });
  });

  test('infinite values are numbers, for the sample to refuse', () => {
    expect(columns(readTable('x\nInf\n-Inf\ninfinity\n'))).toEqual({ x: [Infinity, -Infinity, Infinity] });
  });

  test('what is no number is text', () => {
    for (const cell of ['abc', '1,5', '0x10', '1e', '--1', '1 000', '2024-01-02', 'TRUE', '..']) {
      expect(columns(readTable(`x;y\n${cell};2\n3;4\n`, { separator: ';' }))).toEqual({
        x: [cell, '3'],
        y: [2, 4],
      });
    }
  });

  test('names of rows, as R writes them', () => {
    expect(columns(readTable('"","x"\n"1",5\n"2",6\n'))).toEqual({ 'column 1': [1, 2], x: [5, 6] });
  });

  test('types that are asked for', () => {
    expect(columns(readTable('zip,y\n01234,1\n', { types: { zip: 'text' } }))).toEqual({
      zip: ['01234'],
      y: [1],
    });
  });

  // A mutant counted them: three commas in one quoted name against one semicolon.
  test('separators inside of quotes do not say what separates', () => {
    const separators = [',', ';', '\t', '|'];
    const quoted = fc.string({
      minLength: 1,
      maxLength: 8,
      unit: fc.constantFrom(...separators, 'a', '""', '\n'),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...separators),
        fc.array(quoted, { minLength: 2, maxLength: 6 }),
        (separator, texts) => {
          const header = texts.map((text, place) => `"${place}${text}."`).join(separator);
          const table = readTable(`${header}\n${texts.map((_, place) => place).join(separator)}\n`);
          expect(table.columns.map(({ name }) => name)).toEqual(
            texts.map((text, place) => `${place}${text.replaceAll('""', '"')}.`),
          );
        },
      ),
    );
  });

  test('what was written, whatever the cells hold', () => {
    const cell = fc.string({
      minLength: 1,
      unit: fc.constantFrom('a', 'é', ',', ';', '"', '\n', '\r', '1', ' x'),
    });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, fc.double({ noNaN: true, noDefaultInfinity: true })), {
          minLength: 1,
          maxLength: 20,
        }),
        fc.constantFrom('\n', '\r\n'),
        (rows, end) => {
          const lines = rows.map(([text, value]) => `${quoted(`t${text}t`)},${value}`);
          const table = readTable(['text,value', ...lines].join(end), { separator: ',' });
          expect(columns(table)).toEqual({
            text: rows.map(([text]) => `t${text}t`),
            // Minus zero is written as zero.
            value: rows.map(([, value]) => value + 0),
          });
        },
      ),
    );
  });
});

describe('refuses', () => {
  test.each<[string, string, object, string]>([
    ['nothing', '', {}, 'the first row must name the columns; the text is empty.'],
    ['blank lines alone', '\n \n', {}, 'the first row must name the columns'],
    ['a header alone', 'x,y\n', {}, 'there must be at least one row below the header. Received: 0.'],
    ['a short row', 'x,y\n1,2\n\n3\n', {}, 'row 2 must have 2 cells (x, y). Received: 1.'],
    ['a long row', 'x,y\n1,2,3\n', {}, 'row 1 must have 2 cells (x, y). Received: 3.'],
    ['a name twice', 'x,x\n1,2\n', {}, 'every column must have a name of its own. Received: "x".'],
    ['an open quote', 'x,y\n1,2\n\n3,"4\n5,6\n', {}, 'row 2 has a quoted cell that does not end.'],
    ['an open quote in the header', '"x,y\n1,2\n', {}, 'the header has a quoted cell that does not end.'],
    [
      'text after a quote',
      'x,y\n1,"2"3\n',
      {},
      'row 1 has a quoted cell that goes on after its closing quote.',
    ],
    [
      'a wrong type',
      'age,y\n1,2\n\nabc,3\n',
      { types: { age: 'number' } },
      'row 2 of column "age" must be a number. Received: "abc".',
    ],
    [
      'a type of no column',
      'x\n1\n',
      { types: { z: 'number' } },
      'types must name columns; there are x. Received: "z".',
    ],
    ['an unknown type', 'x\n1\n', { types: { x: 'date' } }, "types.x must be one of 'number', 'text'"],
    ['an unknown option', 'x\n1\n', { sep: ',' }, 'unknown option "sep"'],
    ['an impossible separator', 'x\n1\n', { separator: '"' }, 'separator must be a text without quotes'],
    ['a wrong decimal', 'x\n1\n', { decimal: ':' }, "decimal must be one of '.', ','"],
  ])('%s', (_, text, options, message) => {
    expect(() => readTable(text, options)).toThrow(`[tfjs-moe] readTable: ${message}`);
  });

  test('what is not a text', () => {
    expect(() => readTable(new Uint8Array(3) as never)).toThrow(
      'the table must be a text. Received: "object".',
    );
  });
});
