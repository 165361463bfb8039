/** The verifier in Python, which shares no code with what it checks. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateToJSON } from '@tfjs-moe/theory';
import { afterAll, describe, expect, test } from 'vitest';
import { certified } from './certified.ts';

const verifier = join(import.meta.dirname, '../../verifier');
const hasPython = spawnSync('python3', ['--version']).status === 0;

function python(script: string, ...paths: string[]) {
  const { status, stdout, stderr } = spawnSync('python3', [join(verifier, script), ...paths], {
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

describe.skipIf(!hasPython)('the verifier (skipped where there is no python3)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const written = (name: string) => {
    const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(path, JSON.stringify(certificateToJSON(certified[name]![0])));
    return path;
  };

  test.each(Object.entries(certified))('proves %s', (name, [, words]) => {
    const { status, text } = python('verify.py', written(name));
    expect(text).toContain(`proved: `);
    expect(text).toContain(words);
    expect(status).toBe(0);
  });

  test.each([
    'softmax-tanh-second-order',
    'softmax-linear-second-order',
    'tree-linear-second-order',
    'temperature-gelu',
    'sigmoid-relu',
  ])('refuses every mutation of %s', (name) => {
    const { status, text } = python('mutate.py', join(verifier, 'fixtures', `${name}.json`));
    const [, refused, all] = /(\d+) of (\d+) mutations refused/.exec(text) ?? [];
    expect(text).not.toContain('accepted');
    expect(Number(refused)).toBeGreaterThan(200);
    expect(refused).toBe(all);
    expect(status).toBe(0);
  });

  test.each([
    ['softmax-tied-tanh-second-order', 3],
    ['sigmoid-linear-second-order', 4],
    ['sigmoid-tanh-second-order', 6],
    ['selected-sigmoid-linear-second-order', 10],
    ['top-1-tanh-second-order', 20],
    ['selected-sigmoid-tanh-second-order', 40],
  ])('refuses mutations of %s, every %i of them', (name, every) => {
    const path = join(verifier, 'fixtures', `${name}.json`);
    const { status, text } = python('mutate.py', '--every', `${every}`, path);
    const [, refused, all] = /(\d+) of (\d+) mutations refused/.exec(text) ?? [];
    expect(text).not.toContain('accepted');
    expect(Number(refused)).toBeGreaterThan(10);
    expect(refused).toBe(all);
    expect(status).toBe(0);
  });

  test('the certificates that are kept beside it stand', () => {
    const fixtures = join(verifier, 'fixtures');
    const paths = readdirSync(fixtures).map((name) => join(fixtures, name));
    expect(paths.length).toBeGreaterThan(3);
    const { status, text } = python('verify.py', ...paths);
    expect(text).not.toContain('refused');
    expect(status).toBe(0);
  });

  test('its arithmetic is that of decimals and of identities', () => {
    const { status, text } = python('test_arithmetic.py');
    expect(text).toContain('OK');
    expect(status).toBe(0);
  });

  test('what a group reads too is no atom’s alone', () => {
    const { status, text } = python('test_alone.py');
    expect(text).toContain('OK');
    expect(status).toBe(0);
  });
});
