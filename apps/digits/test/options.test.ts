import { describe, expect, test } from 'vitest';
import { parseOptions, usage, wantsHelp } from '../src/options.ts';
import { commandOf } from '../src/settings.ts';

const parse = (...words: string[]) => parseOptions(words, '/home/me');

describe('parseOptions', () => {
  test('fills in the defaults', () => {
    expect(parse()).toEqual({
      experts: 8,
      k: undefined,
      gate: 'topK',
      expert: 'ffn',
      hidden: undefined,
      balance: 0.05,
      epochs: 5,
      batch: 128,
      samples: 60_000,
      seed: 1,
      backend: undefined,
      out: '/home/me/digits-out',
      quick: false,
    });
  });

  test('takes --name=value and --name value', () => {
    expect(parse('--experts=4', '--k', '1', '--gate', 'softmax', '--balance=.5', '--seed=0')).toMatchObject({
      experts: 4,
      k: 1,
      gate: 'softmax',
      balance: 0.5,
      seed: 0,
    });
    expect(parse('--out=../results').out).toBe('/home/results');
    expect(parse('--out=/results').out).toBe('/results');
    expect(parse('--backend=cpu').backend).toBe('cpu');
  });

  test('--quick is a preset that other options override', () => {
    expect(parse('--quick')).toMatchObject({ epochs: 2, samples: 8_000, quick: true });
    expect(parse('--quick', '--epochs=7')).toMatchObject({ epochs: 7, samples: 8_000 });
  });

  test.each([
    ['--epochs=0', '--epochs must be an integer between 1 and 1000. Received: 0.'],
    ['--epochs=x', '--epochs must be an integer between 1 and 1000. Received: "x".'],
    ['--epochs=1.5', '--epochs must be an integer between 1 and 1000. Received: 1.5.'],
    ['--epochs=0x10', '--epochs must be an integer between 1 and 1000. Received: "0x10".'],
    ['--epochs=2e0', '--epochs must be an integer between 1 and 1000. Received: "2e0".'],
    ['--epochs=-3', '--epochs must be an integer between 1 and 1000. Received: -3.'],
    ['--samples=60001', '--samples must be an integer between 1 and 60000. Received: 60001.'],
    ['--k=9', '--k must be an integer between 1 and the number of experts (8). Received: 9.'],
    ['--balance=-1', '--balance must be a finite number between 0 and 1000. Received: -1.'],
    ['--balance=nan', '--balance must be a finite number between 0 and 1000. Received: "nan".'],
    ['--gate=', '--gate needs a value, KIND.'],
    ['--gate', '--gate needs a value, KIND.'],
    ['--seed=', '--seed needs a value, N.'],
    ['--quick=2', '--quick takes no value. Received: "2".'],
    ['--no-gate', 'unknown option --no-gate (did you mean --gate?).'],
    ['-k', 'unknown option -k (did you mean --k?).'],
    ['--epoch=3', 'unknown option --epoch (did you mean --epochs?).'],
    ['--Epochs=3', 'unknown option --Epochs (did you mean --epochs?).'],
    ['--backend=gpu', "--backend must be one of 'tensorflow', 'wasm', 'cpu'. Received: \"gpu\"."],
    ['quick', 'takes options only, written --name=value. Received: "quick".'],
  ])('refuses %s with one line', (word, message) => {
    expect(() => parse(word)).toThrow(`[tfjs-moe] digits: ${message}`);
  });

  test.each(['-x', '--no-color', '--toString'])('refuses the unknown option %s', (word) => {
    expect(() => parse(word)).toThrow(
      /^\[tfjs-moe\] digits: unknown option \S+; known options are --experts, .*$/,
    );
  });
});

test('the help names every option', () => {
  const help = usage();
  for (const name of Object.keys(parse())) expect(help).toContain(`--${name}`);
  expect(wantsHelp(['--quick', '-h'])).toBe(true);
  expect(wantsHelp(['--quick'])).toBe(false);
});

test('the command that repeats a run is read back as the same options', () => {
  const options = parse(
    '--quick',
    '--gate={"kind":"topK","k":1}',
    '--hidden=3',
    '--backend=wasm',
    '--seed=9',
  );
  const words = commandOf(options).replace('pnpm digits ', '').replaceAll("'", '').split(' ');
  expect(parse(...words)).toEqual({ ...options, quick: false });
});
