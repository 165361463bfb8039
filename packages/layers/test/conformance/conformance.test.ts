/** Every golden vector that options come to, on cpu and wasm; and the table in the docs is that of these. */
import '@tfjs-moe/wasm';
import '../../src/soft.ts';
import * as tf from '@tensorflow/tfjs-core';
import { register, unregister } from '@tfjs-moe/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onEveryBackend } from '../backends.ts';
import { conventions, type Deviations, named, nameOf } from './all.ts';
import { type Convention, deviationOf } from './conventions.ts';
import { golden } from './golden.ts';
import { notExpressed } from './not-expressed.ts';
import recorded from './recorded.json' with { type: 'json' };

const rows: readonly { readonly deviations: Deviations }[] = recorded.conventions;

function testConventions(backend: keyof Deviations): void {
  test.for(named)('%s', async ([, each, i], { task }) => {
    const deviation = await deviationOf(each);
    task.meta.conformance = [i, backend, deviation];
    expect(deviation).toBeLessThan(1e-6);
    // What the table says may be a rounding off on another processor, and no more.
    expect(deviation).toBeLessThan((rows[i]?.deviations[backend] ?? 1) + 2e-7);
  });
}

beforeAll(unregister);
afterAll(() => {
  register();
});

onEveryBackend((backend) => {
  if (backend !== 'tensorflow') testConventions(backend as keyof Deviations);
});

describe('wasm with kernels of its own', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm');
    register();
  });
  testConventions('kernels');
});

describe('the table', () => {
  test('has the conventions that are tried here, with their options', () => {
    const told = ({ vector, convention, library, option }: Convention) => ({
      vector,
      convention,
      library,
      option,
    });
    expect(recorded.conventions.map(({ deviations: _, ...row }) => row)).toEqual(conventions.map(told));
    expect(recorded.notExpressed).toEqual(notExpressed);
    for (const { deviations } of recorded.conventions)
      expect(Object.keys(deviations)).toEqual(['cpu', 'wasm', 'kernels', 'webgl', 'webgpu']);
  });

  test('says of every vector here what becomes of it', () => {
    const vectors = new Set([...conventions, ...notExpressed].map(({ vector }) => vector));
    expect(Object.keys(golden).filter((name) => !vectors.has(name))).toEqual([]);
  });

  test('a convention is there once', () => {
    const names = conventions.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });
});
