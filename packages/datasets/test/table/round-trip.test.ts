import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTable, sampleOf, type Table } from '../../src/index.ts';

/** Texts with everything that has a meaning in CSV; not blank at their ends, for cells are trimmed, and no numbers. */
const word = fc
  .string({
    maxLength: 6,
    unit: fc.constantFrom('a', 'é', '"', ',', ';', '|', '\t', '\n', '\r', ' ', '1', '\0'),
  })
  .map((text) => `t${text}.`);
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

interface Drawn {
  readonly names: readonly string[];
  readonly columns: readonly (readonly (string | number | null)[])[];
}

/** Columns of text or of numbers, some cells of which are missing. */
const drawn: fc.Arbitrary<Drawn> = fc
  .record({ rows: fc.integer({ min: 1, max: 8 }), width: fc.integer({ min: 1, max: 5 }) })
  .chain(({ rows, width }) => {
    const column = (cell: fc.Arbitrary<string | number>) =>
      fc.array(fc.option(cell, { freq: 4 }), { minLength: rows, maxLength: rows });
    return fc.record({
      names: fc.uniqueArray(word, { minLength: width, maxLength: width }),
      // A text in the first row tells a column of text from one where all is missing.
      columns: fc.array(
        fc.oneof(
          column(number),
          column(word).map(([, ...rest]) => ['first', ...rest]),
        ),
        { minLength: width, maxLength: width },
      ),
    });
  });

const dialect = fc.record({
  separator: fc.constantFrom(',', ';', '\t', '|', '::'),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  mark: fc.constantFrom('', '\uFEFF'),
  isSaid: fc.boolean(),
  isClosed: fc.boolean(),
  /** Quotes whatever need not be quoted as well. */
  quotesAll: fc.boolean(),
});
type Dialect = typeof dialect extends fc.Arbitrary<infer D> ? D : never;

/** Written independently of the reader. */
function written({ names, columns }: Drawn, { separator, end, mark, isClosed, quotesAll }: Dialect): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value);
    return quotesAll || /[",;|\t\r\n:]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const missing = (value: string | number | null) =>
    value === null && columns.length === 1 ? 'NA' : cell(value);
  const lines = [
    names.map(cell).join(separator),
    ...columns[0]!.map((_, row) => columns.map((column) => missing(column[row]!)).join(separator)),
  ];
  return mark + lines.join(end) + (isClosed ? end : '');
}

/** A separator need not be told where the header has it and no other, outside of quotes. */
function optionsFor({ names }: Drawn, { separator, isSaid }: Dialect) {
  return isSaid || separator === '::' || names.length === 1 ? { separator } : {};
}

test('a table that was written is read as it was, in any dialect', () => {
  fc.assert(
    fc.property(drawn, dialect, (table, how) => {
      const read = readTable(written(table, how), optionsFor(table, how));
      expect(read.columns.map(({ name }) => name)).toEqual(table.names);
      read.columns.forEach(({ kind, values }, c) => {
        const column = table.columns[c]!;
        const isNumber = column.every((value) => typeof value !== 'string');
        expect(kind).toBe(isNumber ? 'number' : 'text');
        expect(values).toEqual(isNumber ? column.map((value) => value ?? Number.NaN) : column);
      });
    }),
    { numRuns: 400 },
  );
});

test('any text is a table or refused by name, and what is read has as many values in every column', () => {
  const soup = fc.string({
    maxLength: 60,
    unit: fc.constantFrom('"', ',', ';', '\n', '\r', ' ', '\t', '1', 'a', '.', '\uFEFF'),
  });
  fc.assert(
    fc.property(soup, (text) => {
      let table: Table;
      try {
        table = readTable(text);
      } catch (error) {
        expect((error as Error).message).toMatch(/^\[tfjs-moe\] readTable: /);
        return;
      }
      expect(table.columns.every(({ values }) => values.length === table.size)).toBe(true);
      expect(new Set(table.columns.map(({ name }) => name)).size).toBe(table.columns.length);
    }),
    { numRuns: 1000 },
  );
});

const cells = fc.record({
  y: fc.constantFrom(1.5, 2, -3, Number.NaN),
  x: fc.constantFrom(0, 0.25, 7, Number.NaN),
  site: fc.constantFrom('b', 'a', 'c', null),
  code: fc.constantFrom(10, 9, 100, Number.NaN),
  w: fc.constantFrom(0, 1, 2.5, Number.NaN),
});

test('a sample has the complete rows, and each input what its column and its name say', () => {
  fc.assert(
    fc.property(fc.array(cells, { minLength: 4, maxLength: 30 }), (rows) => {
      const column = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name]);
      const table = {
        size: rows.length,
        columns: (['y', 'x', 'site', 'code', 'w'] as const).map((name) => ({
          name,
          kind: name === 'site' ? 'text' : 'number',
          values: column(name),
        })),
      } as Table;
      const whole = rows.flatMap((row, i) =>
        Object.values(row).some((value) => value === null || Number.isNaN(value)) ? [] : [i],
      );
      const levels = {
        site: [...new Set(whole.map((i) => rows[i]!.site!))].sort(),
        code: [...new Set(whole.map((i) => rows[i]!.code))].sort((a, b) => a - b),
      };
      const options = { response: 'y', weights: 'w', factors: ['code', 'site'], missing: 'drop' } as const;
      const counts = [levels.site.length, levels.code.length];
      if (whole.length === 0 || counts.some((count) => count < 2 || count === whole.length)) {
        expect(() => sampleOf(table, options)).toThrow('[tfjs-moe] sampleOf: ');
        return;
      }
      const sample = sampleOf(table, options);
      expect(sample.rows).toEqual(whole);
      expect(sample.response).toEqual(whole.map((i) => rows[i]!.y));
      expect(sample.weights).toEqual(whole.map((i) => rows[i]!.w));
      expect(sample.inputNames).toEqual([
        'x',
        ...levels.site.slice(1).map((level) => `site${level}`),
        ...levels.code.slice(1).map((level) => `code${level}`),
      ]);
      expect(sample.inputs).toEqual(
        whole.map((i) => [
          rows[i]!.x,
          ...levels.site.slice(1).map((level) => Number(rows[i]!.site === level)),
          ...levels.code.slice(1).map((level) => Number(rows[i]!.code === level)),
        ]),
      );
      const classes = sampleOf(table, {
        ...options,
        response: 'code',
        factors: ['site'],
        inputs: ['x', 'y', 'site'],
        classes: true,
      });
      expect(classes.response.map((place) => Number(classes.classNames![place]))).toEqual(
        whole.map((i) => rows[i]!.code),
      );
    }),
    { numRuns: 300 },
  );
});
