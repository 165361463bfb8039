import { MoeError } from '@tfjs-moe/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTable, sampleOf } from '../../src/index.ts';
import { numberOf } from '../../src/table/number-of.ts';

// No clock: whatever were quadratic in so many characters, or in 100,000 columns, would not end within the test's bound.
const MANY = 300_000;

/** A table, or a refusal that names what is wrong. */
function readOrRefused(text: string): unknown {
  try {
    return readTable(text);
  } catch (error) {
    if (error instanceof MoeError) return error;
    throw error;
  }
}

describe('a long text is read in one go, whatever it holds', () => {
  const blanks = ' '.repeat(MANY);
  test.each<[string, string]>([
    ['a cell of digits that is no number', `a,b\n${'1'.repeat(MANY)}x,2\n`],
    ['digits on both sides of a point', `a,b\n${'1'.repeat(MANY)}.${'1'.repeat(MANY)}x,2\n`],
    ['an exponent of digits', `a,b\n1e${'1'.repeat(MANY)}x,2\n`],
    ['blanks before a cell', `a,b\n${blanks}x,2\n`],
    ['blanks behind a quoted cell', `a,b\n"x"${blanks},2\n`],
    ['quotes inside of a cell that is not quoted', `a,b\nx${'"a'.repeat(MANY)},2\n`],
    ['doubled quotes', `a,b\n"${'""'.repeat(MANY)}",2\n`],
    ['quotes that close nothing, and blanks', `a,b\n"${'q"x'.repeat(MANY)}${blanks},\n`],
    ['closed cells, each with more behind', `a,b\n${'"x" y,'.repeat(MANY)}\n`],
    ['quotes that are opened and closed in the header', `${'"a'.repeat(MANY)}\n1`],
    ['a quote that does not end, in the header', `"a,${'b,'.repeat(MANY)}`],
    ['empty lines', `a,b\n${'\n'.repeat(MANY)}1,2`],
    ['lines of blanks', `a,b\n${'  \r'.repeat(MANY)}1,2`],
    ['carriage returns and line feeds that alternate', `a\n${'1\r2\n3\r\n'.repeat(MANY / 4)}`],
    ['separators alone', `a,b\n${','.repeat(MANY)}`],
    ['one long name', `${'a'.repeat(MANY)},b\n1,2`],
    ['byte order marks', `${'\uFEFF'.repeat(MANY)}a,b\n1,2`],
  ])('%s', (_, text) => {
    expect(readOrRefused(text)).toBeDefined();
  });

  // Bits of text that may mean something, each repeated: where anything looks back, some of them make it look far.
  test('any short text repeated, between any two others', () => {
    const bit = fc.string({
      maxLength: 4,
      unit: fc.constantFrom('"', ',', ';', ' ', '1', 'e', '.', '+', 'x', '\n', '\r', '\t'),
    });
    const pumped = fc.tuple(bit, fc.integer({ min: 1, max: 60_000 }));
    fc.assert(
      fc.property(
        fc.constantFrom('a,b\n', ''),
        fc.array(pumped, { minLength: 1, maxLength: 3 }),
        (start, parts) => {
          readOrRefused(start + parts.map(([text, times]) => text.repeat(times)).join(''));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a wide table', () => {
  const wide = 100_000;
  const names = Array.from({ length: wide }, (_, i) => `c${i}`);
  const text = `${names.join(',')}\n${names.map((_, i) => i).join(',')}\n${names.map((_, i) => -i).join(',')}\n`;
  const table = readTable(text);

  test('has all its columns', () => {
    expect(table.columns).toHaveLength(wide);
    expect(table.columns.at(-1)).toEqual({ name: 'c99999', kind: 'number', values: [99_999, -99_999] });
  });

  test('takes as many types, inputs and factors', () => {
    const types = Object.fromEntries(names.map((name) => [name, 'text'] as const));
    expect(readTable(text, { types }).columns[0]!.kind).toBe('text');
    const sample = sampleOf(table, { response: 'c0', inputs: names.slice(1) });
    expect(sample.inputs.map((row) => row.length)).toEqual([wide - 1, wide - 1]);
    expect(sampleOf(table, { response: 'c0' }).inputNames).toHaveLength(wide - 1);
    // Each of these has another value in every row.
    expect(() => sampleOf(table, { response: 'c0', factors: names.slice(1) })).toThrow(
      'another value in every row',
    );
  });

  test('is refused in a message that can be read', () => {
    const short = `${names.join(',')}\n1\n`;
    for (const refused of [() => readTable(short), () => sampleOf(table, { response: 'z' })]) {
      expect(refused).toThrow('c19 and 99980 more');
    }
  });

  test('that repeats a name is refused', () => {
    expect(() => readTable(`${names.join(',')},c7\n1`)).toThrow('a name of its own. Received: "c7"');
  });
});

describe('a long table', () => {
  const rows = 100_000;
  const withLevels = (levels: number) =>
    readTable(`x,y\n${Array.from({ length: rows }, (_, i) => `k${i % levels},${i}`).join('\n')}`);

  test('has factors and classes of many values', () => {
    const sample = sampleOf(withLevels(80), { response: 'y', factors: ['x'] });
    expect(sample.inputs[0]).toHaveLength(79);
    expect(sample.inputs.every((row) => row.reduce((a, b) => a + b) <= 1)).toBe(true);
    const classes = sampleOf(withLevels(50_000), { response: 'x', inputs: ['y'], classes: true });
    expect(classes.classNames).toHaveLength(50_000);
  });

  test('with more indicators than fit into memory is refused before they are made', () => {
    expect(() => sampleOf(withLevels(50_000), { response: 'y', factors: ['x'] })).toThrow(
      'factor "x" has too many values: indicators of 100000 rows must be at most 50000000 numbers. Received: 4999900000.',
    );
  });
});

describe('what a number is', () => {
  // As it stood before: right, but it tried every split of the digits.
  const language = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const alphabet = ['', '+', '-', '.', 'e', 'E', '0', '7', 'x', ','];

  test('every text of up to five characters is one if and only if the grammar says so', () => {
    let texts = [''];
    for (let length = 0; length < 5; length++)
      texts = [...new Set(texts.flatMap((text) => alphabet.map((next) => text + next)))];
    expect(texts.length).toBeGreaterThan(60_000);
    const differ = texts.filter((text) => (numberOf(text, '.') !== undefined) !== language.test(text));
    expect(differ).toEqual([]);
    // With a decimal comma it is what it would be with a point in its place.
    const comma = texts.filter(
      (text) =>
        (numberOf(text, ',') !== undefined) !==
        (!text.includes('.') && language.test(text.replace(',', '.'))),
    );
    expect(comma).toEqual([]);
  });

  test('its value is that of the language', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberOf(String(value), '.')).toBe(value === 0 ? Number(String(value)) : value);
        expect(numberOf(String(value).replace('.', ','), ',')).toBe(Number(String(value)));
      }),
    );
  });
});
