/**
 * Tensors have methods such as `x.mul(y)` only where the whole of tfjs is loaded. With tfjs-core alone, as the packages
 * ask for it, they are missing when the line runs; so no source may use one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../../', import.meta.url));

/** What receives a call of the same name without being a tensor: tfjs, its layers, interpretations of Ops, `Math`, `Number`. */
const receivers = /^(tf|layers|\w*[oO]ps|[A-Z]\w*)$/;

/** Sources that know of tensors at all. */
const sources = readdirSync(packages, { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[\w-]+\/src\/.*\.ts$/.test(path))
  .map((path) => ({ path, source: readFileSync(join(packages, path), 'utf8') }))
  .filter(({ source }) => source.includes("'@tensorflow/"));

/** The methods that tfjs adds to tensors, less those that arrays, strings and sets have of their own. */
function chainedNames(): string[] {
  const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'));
  const folder = join(core, 'dist', 'public', 'chained_ops');
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const names = files.flatMap((name) =>
    Array.from(
      readFileSync(join(folder, name), 'utf8').matchAll(/getGlobalTensorClass\(\)\.prototype\.(\w+) =/g),
      (match) => match[1]!,
    ),
  );
  const own = [[], '', new Set(), new Map(), new Float32Array()].flatMap((value) => {
    const prototype = Object.getPrototypeOf(value);
    return [prototype, Object.getPrototypeOf(prototype)].flatMap((each) => Object.getOwnPropertyNames(each));
  });
  return [...new Set(names)].filter((name) => !own.includes(name));
}

/** Calls `receiver.name(` of one of the names on what may be a tensor. */
function chainedCalls(source: string, names: readonly string[]): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const call = new RegExp(`([\\w$]+|[)\\]])\\s*\\??\\.\\s*(${names.join('|')})\\(`, 'g');
  return Array.from(code.matchAll(call))
    .filter(([, receiver]) => !receivers.test(receiver!))
    .map(([text]) => text);
}

const names = chainedNames();

test('the methods and the sources are found', () => {
  expect(sources.length).toBeGreaterThan(20);
  expect(names.length).toBeGreaterThan(100);
  expect(names).toEqual(expect.arrayContaining(['mul', 'matMul', 'reshape', 'sum', 'softmax', 'toFloat']));
});

test('a chained call is found, and a call of an operation is not', () => {
  expect(chainedCalls('const y = x.mul(2); // x.div(2)', names)).toEqual(['x.mul(']);
  expect(chainedCalls('tf.add(a, b)\n  .reshape([2])', names)).toEqual([')\n  .reshape(']);
  expect(chainedCalls('rows[0].sum()', names)).toEqual(['].sum(']);
  expect(chainedCalls('tf.mul(x, ops.softmax(z)); Math.exp(1); list.concat([1])', names)).toEqual([]);
});

describe('no source calls a method of a tensor', () => {
  test.each(sources)('$path', ({ source }) => {
    expect(chainedCalls(source, names)).toEqual([]);
  });
});
