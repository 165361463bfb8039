import { type ArrayValue, defineExpert, type ExpertDefinition, type Ops } from '@tfjs-moe/core';
import { testExpert } from '@tfjs-moe/experts/testing';
import { describe, expect, test } from 'vitest';
import { failing } from '../../../core/test/failing.ts';

const vector = (size: number) => ({ shape: [size], initializer: { kind: 'heNormal' } }) as const;
const kernel = (inputDim: number, units: number) =>
  ({ shape: [inputDim, units], initializer: { kind: 'heNormal' } }) as const;

const sound: ExpertDefinition = {
  config: {},
  params: (inputDim, units) => ({ kernel: kernel(inputDim, units) }),
  apply: <V>(ops: Ops<V>, x: V, p: Record<string, V>) => ops.affine(x, p.kernel!),
};

/** The tests that fail when parts of a sound expert are replaced. */
function broken(change: Partial<ExpertDefinition>): string[] {
  const expert = defineExpert('suiteExpert', () => ({ ...sound, ...change }))();
  return failing((runner) => testExpert(runner, expert));
}

/** An expert that looks at its values' memory, which no expert can in other interpretations. */
const meddling = (meddle: (y: ArrayValue) => ArrayValue): Partial<ExpertDefinition> => ({
  apply: <V>(ops: Ops<V>, x: V, p: Record<string, V>) =>
    meddle(ops.affine(x, p.kernel!) as unknown as ArrayValue) as unknown as V,
});

describe('testExpert', () => {
  test('passes a sound expert', () => {
    expect(broken({})).toEqual([]);
  });

  test('catches an expert of the same width that takes any other', () => {
    const expert = defineExpert('suiteExpert', () => sound)();
    const name = 'has well-formed parameters for any number of features';
    expect(failing((runner) => testExpert(runner, expert, { sameWidth: true }))).toEqual([name]);
  });

  test('catches options that the config does not keep', () => {
    let factor = 2;
    const change = {
      apply: <V>(ops: Ops<V>, x: V, p: Record<string, V>) =>
        ops.mul(ops.constant(factor++), ops.affine(x, p.kernel!)),
    };
    expect(broken(change)).toContain('is restored from its config with the same outputs');
  });

  test.each([
    ['has well-formed parameters for any number of features', { params: () => ({ kernel: vector(0) }) }],
    ['returns as many features as there are units', { params: (d: number) => ({ kernel: kernel(d, 5) }) }],
    [
      'is finite at ordinary, large and zero inputs',
      { apply: (ops, x, p) => ops.affine(ops.div(x, ops.dot(x, x)), p.kernel as never) },
    ],
    [
      "computes each expert from that expert's parameters alone",
      meddling((y) => ({ ...y, data: y.data.map((v) => v + y.data[0]!) })),
    ],
    [
      'computes each token from that token alone',
      meddling((y) => ({ ...y, data: y.data.map((v) => v * y.tokens) })),
    ],
    [
      'has no idle parameter',
      { params: (d: number, u: number) => ({ kernel: kernel(d, u), spare: vector(u) }) },
    ],
  ] as [string, Partial<ExpertDefinition>][])('catches an expert that breaks: %s', (name, change) => {
    expect(broken(change)).toContain(name);
  });
});
