import { knownKinds } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { chooseExpert, chooseGate } from '../src/choices.ts';

const gateOf = (gate: string, k?: number, experts = 8) => chooseGate({ gate, k, experts });
const expertOf = (expert: string, hidden?: number) => chooseExpert({ expert, hidden });

describe('chooseGate', () => {
  test.each(knownKinds('gate'))('builds the gate %s by its name', (kind) => {
    expect(gateOf(kind).kind).toBe(kind);
  });

  test('top-2 is the default, top-1 of one expert', () => {
    expect(gateOf('topK').expertsPerToken(8)).toBe(2);
    expect(gateOf('topK', undefined, 1).expertsPerToken(1)).toBe(1);
    expect(gateOf('topK', 3).expertsPerToken(8)).toBe(3);
  });

  test('takes a config as it is written, with --k on top', () => {
    expect(gateOf('{"kind":"topK","k":1}').expertsPerToken(8)).toBe(1);
    expect(gateOf('{"kind":"topK","k":1}', 4).expertsPerToken(8)).toBe(4);
  });

  test('says what is wrong', () => {
    expect(() => gateOf('nope')).toThrow('[tfjs-moe] digits: --gate: unknown gate kind; known kinds: ');
    expect(() => gateOf('softmax', 2)).toThrow('[tfjs-moe] softmax: unknown option "k"');
    expect(() => gateOf('{topK')).toThrow(
      '[tfjs-moe] digits: --gate must be a kind or a config as JSON, like \'{"kind":"topK","k":2}\'.',
    );
    expect(() => gateOf('{"kind":"topK","k":9}')).toThrow('[tfjs-moe] topK: ');
    expect(() => gateOf('{"k":9}')).toThrow('[tfjs-moe] digits: --gate: a gate must be');
  });
});

describe('chooseExpert', () => {
  test.each(knownKinds('expert'))('builds the expert %s by its name', (kind) => {
    expect(expertOf(kind).kind).toBe(kind);
  });

  test('gives hidden units to experts that have any', () => {
    const size = (hidden?: number) => expertOf('ffn', hidden).params(10, 10);
    expect(size(7)).not.toEqual(size());
    expect(() => expertOf('linear', 7)).toThrow('[tfjs-moe] linear: unknown option "hiddenUnits"');
  });
});
