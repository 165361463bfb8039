import { describe, expect, test } from 'vitest';
import { decimal, integer, oneOf, optionHelp, positive, readOptions, text } from '../../src/index.ts';

const table = {
  experts: { value: 'N', about: 'number of experts', read: integer({ min: 1, max: 256 }) },
  seed: { value: 'N', about: 'decides every random number', read: integer({ min: 0 }) },
  balance: { value: 'W', about: 'weight', read: decimal({ min: 0, max: 10 }) },
  budget: { value: 'S', about: 'seconds', read: positive },
  backend: { value: 'NAME', about: 'what computes', read: oneOf(['wasm', 'cpu']) },
  out: { value: 'FILE', about: 'where to', read: text },
  quick: { about: 'less of it' },
};
const read = (...words: string[]) => readOptions('moe', words, table);

describe('options', () => {
  test('are values that were read, and flags', () => {
    const { given, words, help } = read('a', '--experts=4', '--out', ' x ', '--quick', 'b', '--', '--c');
    expect(given).toEqual({
      experts: 4,
      out: 'x',
      quick: true,
      seed: undefined,
      balance: undefined,
      budget: undefined,
      backend: undefined,
    });
    expect(words).toEqual(['a', 'b', '--c']);
    expect(help).toBe(false);
  });

  test('count in the order in which they stand: the last one holds', () => {
    expect(read('--experts', '3', '--experts', '5').given.experts).toBe(5);
  });

  test('may be negative numbers', () => {
    expect(() => read('--balance', '-1')).toThrow(
      '--balance must be a finite number between 0 and 10. Received: -1.',
    );
    expect(() => read('--balance', '-.5')).toThrow('Received: -0.5.');
  });

  test('step back for the help, whatever else is wrong', () => {
    expect(read('--bogus', '--experts', 'x', '--help').help).toBe(true);
    expect(read('-h').help).toBe(true);
  });

  test.each<[string[], string]>([
    [['--exprts', '3'], 'unknown option --exprts (did you mean --experts?)'],
    [['--Quick'], 'unknown option --Quick (did you mean --quick?)'],
    [['--outt=3'], 'unknown option --outt (did you mean --out?)'],
    [['--colour'], 'unknown option --colour; known options are --experts, --seed, --balance,'],
    [['-x'], 'unknown option -x; known options are'],
    [['--no-quick'], 'unknown option --no-quick (did you mean --quick?)'],
    [['--toString'], 'unknown option --toString; known options are'],
    [['--__proto__=1'], 'unknown option --__proto__; known options are'],
    [['--out'], '--out needs a value, FILE'],
    [['--out='], '--out needs a value'],
    [['--out', '  '], '--out needs a value'],
    [['--out', '--quick'], '--out needs a value'],
    [['--quick=yes'], '--quick takes no value. Received: "yes"'],
    [['--backend=gpu'], "--backend must be one of 'wasm', 'cpu'. Received: \"gpu\""],
  ])('%j is refused', (words, message) => {
    expect(() => read(...words)).toThrow(`[tfjs-moe] moe: ${message}`);
  });
});

describe('numbers', () => {
  test.each([
    '0x10',
    '',
    ' ',
    '2e0',
    '1e3',
    '1.0',
    '1,5',
    '٣',
    'NaN',
    'Infinity',
    '1n',
    '1_000',
    '0b1',
    '+1',
    '--1',
  ])('a whole number is not %j', (written) => {
    expect(() => read(`--seed=${written}`)).toThrow(/--seed (must be an integer|needs a value)/);
  });

  test('a whole number is its digits, up to where they are exact', () => {
    expect(read('--seed', '007').given.seed).toBe(7);
    expect(read(`--seed=${Number.MAX_SAFE_INTEGER}`).given.seed).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => read(`--seed=${Number.MAX_SAFE_INTEGER + 1}`)).toThrow(
      `--seed must be an integer between 0 and ${Number.MAX_SAFE_INTEGER}`,
    );
  });

  test.each(['0x10', '1e', 'e3', '.', '1.2.3', 'NaN', '1e999', '-0x1', '1 2'])(
    'a number is not %j',
    (written) => {
      expect(() => read(`--balance=${written}`)).toThrow('--balance must be a finite number');
      expect(() => read(`--budget=${written}`)).toThrow('--budget must be a finite number above 0');
    },
  );

  test.each([
    ['1', 1],
    ['.5', 0.5],
    ['2.', 2],
    ['1e-3', 0.001],
    ['+2.5E0', 2.5],
  ])('a number is %s', (written, value) => {
    expect(read(`--balance=${written}`).given.balance).toBe(value);
  });
});

test('the help names every option with its value', () => {
  const help = optionHelp(table);
  expect(help.split('\n')).toHaveLength(8);
  expect(help).toMatch(/^ {2}--experts N +number of experts\n/);
  expect(optionHelp({ a: { about: 'word '.repeat(60).trim() } }).split('\n')[1]).toMatch(/^ {14}word/);
});
