import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOf } from '../../src/entry-of.ts';
import { expectKnownOptions } from '../../src/expect.ts';
import { didYouMean, nearestName } from '../../src/hints/did-you-mean.ts';
import { insteadOfLayerOption } from '../../src/hints/layer.ts';

const kinds = ['hierarchical', 'noisyTopK', 'sigmoid', 'softmax', 'switchGate', 'temperature', 'topK'];

describe('the name that was meant', () => {
  test.each([
    ['top-k', 'topK'],
    ['topk', 'topK'],
    ['TopK', 'topK'],
    ['top_k', 'topK'],
    ['topKK', 'topK'],
    ['tpoK', 'topK'],
    ['noisy_top_k', 'noisyTopK'],
    ['soft-max', 'softmax'],
    ['softmx', 'softmax'],
    ['sigmiod', 'sigmoid'],
    ['switch', 'switchGate'],
    ['TopKRouter', 'topK'],
    ['hierachical', 'hierarchical'],
  ])('%s is %s', (given, meant) => {
    expect(nearestName(given, kinds)).toBe(meant);
  });

  test.each([
    ['std', ['mean', 'stddev', 'seed'], 'stddev'],
    ['numExperts', ['experts', 'expert', 'gate'], 'experts'],
    ['atoms', ['expert', 'experts', 'gate'], 'experts'],
    ['atoms', ['atom', 'gate'], 'atom'],
    ['hidden', ['hiddenUnits', 'activation'], 'hiddenUnits'],
  ])('%s among %j is %s', (given, known, meant) => {
    expect(nearestName(given, known)).toBe(meant);
  });

  test.each(['', '-', 'x', 'attention', 'toString', '__proto__', 'k'.repeat(1e6)])(
    'nothing is near %#',
    (given) => {
      expect(nearestName(given, kinds)).toBeUndefined();
      expect(didYouMean(given, kinds)).toBe('');
    },
  );

  test('one slip in a name of five letters or more is always found', () => {
    const long = kinds.filter((kind) => kind.length >= 5);
    fc.assert(
      fc.property(fc.constantFrom(...long), fc.nat(20), fc.constantFrom('q', ''), (kind, at, put) => {
        const place = at % kind.length;
        const slip = kind.slice(0, place) + put + kind.slice(place + 1);
        expect(nearestName(slip, kinds)).toBe(kind);
      }),
    );
  });

  test('a known name is not suggested to itself', () => {
    expect(didYouMean('topK', kinds)).toBe('');
  });
});

describe('entries by a name of the user', () => {
  test('are own entries', () => {
    expect(entryOf('moe', 'gate parameter', { bias: 1 }, 'bias')).toBe(1);
  });

  test.each(['toString', '__proto__', 'constructor', 'hasOwnProperty', 'valueOf'])('%s is none', (name) => {
    expect(() => entryOf('moe', 'gate parameter', { bias: 1, temperature: 2 }, name)).toThrow(
      `[tfjs-moe] moe: unknown gate parameter; known gate parameters: bias, temperature. Received: "${name}".`,
    );
  });

  test('names that are no strings are refused, and near ones suggested', () => {
    expect(() => entryOf('moe', 'parameter', {}, 3 as never, 'none yet')).toThrow(
      'known parameters: none yet. Received: 3.',
    );
    expect(() => entryOf('moe', 'parameter', { temperature: 1 }, 'temprature')).toThrow(
      'unknown parameter (did you mean "temperature"?)',
    );
  });
});

describe('options', () => {
  test('what people bring from elsewhere is told what to write, in every style', () => {
    const names = { instead: insteadOfLayerOption };
    for (const name of ['numExperts', 'num_experts', 'NumExperts']) {
      expect(() => expectKnownOptions('moe', { [name]: 8 }, ['experts'], names)).toThrow(
        `[tfjs-moe] moe: unknown option "${name}" (write experts: 8); known options are experts.`,
      );
    }
  });

  test('null is no default, except where it means none', () => {
    expect(() => expectKnownOptions('topK', { k: null }, ['k'])).toThrow(
      '[tfjs-moe] topK: k must not be null; leave it out to have its default. Received: null.',
    );
    expect(() =>
      expectKnownOptions('moe', { units: null }, ['units'], { nullable: ['units'] }),
    ).not.toThrow();
  });
});
