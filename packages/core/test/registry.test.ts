import { describe, expect, test } from 'vitest';
import { defineExpert, getExpert } from '../src/expert.ts';
import { getGate } from '../src/gate.ts';
import { knownKinds, register } from '../src/registry.ts';
import { getRouter } from '../src/router.ts';

const scaled = defineExpert('registryScaled', ({ by = 2 }: { by?: number } = {}) => ({
  config: { by },
  params: () => ({}),
  apply: (ops, x) => ops.mul(ops.constant(by), x),
}));

describe('restoring', () => {
  test('an object is itself', () => {
    const expert = scaled({ by: 3 });
    expect(getExpert(expert)).toBe(expert);
  });

  test('a config or a kind becomes the object', () => {
    expect(getExpert({ kind: 'registryScaled', by: 5 }).config).toEqual({ kind: 'registryScaled', by: 5 });
    expect(getExpert('registryScaled').config).toEqual({ kind: 'registryScaled', by: 2 });
  });

  test('a kind is known once it is defined', () => {
    expect(knownKinds('expert')).toEqual(['registryScaled']);
    expect(knownKinds('gate')).toEqual([]);
  });
});

describe('errors', () => {
  test('an unknown kind lists the known ones and the import that brings the built-in ones', () => {
    expect(() => getExpert('ffnn', 'mixtureOfExperts')).toThrow(
      '[tfjs-moe] mixtureOfExperts: unknown expert kind; known kinds: registryScaled. A kind is known once its factory ' +
        "is imported: import '@tfjs-moe/experts/register' (or 'tfjs-moe/register') brings every built-in one, your own " +
        'kinds need the module that defines them. Received: "ffnn".',
    );
    expect(() => getGate('topK')).toThrow(
      /gate: unknown gate kind; known kinds: none yet\..*@tfjs-moe\/gates\/register/,
    );
    expect(() => getRouter({ kind: 'linear' })).toThrow(
      /router: unknown router kind.*@tfjs-moe\/gates\/register/,
    );
  });

  test.each([undefined, null, 3, {}, { kind: 4 }, []])('%s names nothing', (identifier) => {
    expect(() => getExpert(identifier as never)).toThrow(
      '[tfjs-moe] expert: an expert must be an object, a config { kind, ... } or the name of a kind',
    );
  });

  test('a factory that was not called is told how to call it', () => {
    expect(() => getExpert(scaled as never, 'moe')).toThrow(
      'the name of a kind; call the factory: registryScaled(). Received: a function (factory).',
    );
    expect(() => getGate(scaled as never, 'moe')).toThrow(
      'the name of a kind, not the factory of an expert. Received: a function',
    );
    expect(() => getGate((() => 1) as never, 'moe')).toThrow('the name of a kind, not a function.');
  });

  test.each([
    ['registry-scaled', 'unknown expert kind (did you mean "registryScaled"?); known kinds'],
    ['RegistryScaled', '(did you mean "registryScaled"?)'],
    ['toString', 'unknown expert kind; known kinds'],
    ['__proto__', 'unknown expert kind; known kinds'],
  ])('the kind %s is told what is near', (kind, message) => {
    expect(() => getExpert(kind)).toThrow(message);
  });

  test('the kind of another role is told so, and what other libraries call it what to write', () => {
    expect(() => getGate('registryScaled')).toThrow(
      'unknown gate kind (an expert has this kind); known kinds',
    );
    expect(() => getExpert({ type: 'registryScaled' } as never)).toThrow(
      '; write { kind: "registryScaled", ... }.',
    );
    expect(() => getExpert('mlp')).toThrow('unknown expert kind; known kinds');
    defineExpert('ffn', () => ({ config: {}, params: () => ({}), apply: (_ops, x) => x }));
    expect(() => getExpert('MLP')).toThrow('unknown expert kind (write "ffn"); known kinds');
  });

  test('an object that only says that it is one is refused', () => {
    expect(() => getExpert({ role: 'expert', kind: 'registryScaled' } as never, 'moe')).toThrow(
      '[tfjs-moe] moe: an expert needs the function params; a config has no role.',
    );
  });

  test('another role is named', () => {
    expect(() => getGate(scaled() as never, 'topK')).toThrow(
      '[tfjs-moe] topK: expected a gate, got the expert "registryScaled".',
    );
  });

  test.each(['TopK', 'top_k', 'top-k', 'topKK', '2top', ''])('%j is no kind', (kind) => {
    expect(() => register('gate', kind, () => scaled())).toThrow('defineGate: kind must be lower camel case');
  });
});
