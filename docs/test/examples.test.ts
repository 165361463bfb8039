/** The code in the pages compiles, runs, and prints what the comments beside it say. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatWithOptions } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import ts from 'typescript';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { docs, type Example, examples, pages, textOf } from './pages.ts';

const folder = join(docs, '.vitepress/cache/examples');
const all = examples();

function fileOf({ name }: Example): string {
  return join(folder, `${name}.ts`);
}

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const example of all) {
    mkdirSync(dirname(fileOf(example)), { recursive: true });
    writeFileSync(fileOf(example), `${example.code}\nexport {};\n`);
  }
});

test('every block of TypeScript is checked', () => {
  const unchecked = pages().filter((page) => /^```(ts|js|typescript|javascript)$/m.test(textOf(page)));
  expect(unchecked).toEqual([]);
});

test('the examples compile', () => {
  const config = ts.readConfigFile(join(docs, 'tsconfig.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, docs);
  const program = ts.createProgram(all.map(fileOf), options);
  const problems = all.flatMap((example) => {
    const file = program.getSourceFile(fileOf(example));
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${example.name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
  expect(problems).toEqual([]);
});

describe('the examples run', () => {
  let printed: string[];

  beforeEach(async () => {
    await tf.setBackend('cpu');
    printed = [];
    // Node breaks long lines, browsers do not.
    const inOneLine = { breakLength: Number.POSITIVE_INFINITY, compact: true };
    vi.spyOn(console, 'log').mockImplementation(
      (...values) => void printed.push(formatWithOptions(inOneLine, ...values)),
    );
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each(all.filter(({ runs }) => runs))('$name', async (example) => {
    await import(/* @vite-ignore */ fileOf(example));
    expect(printed).toEqual(expected(example.code));
  });
});

/** What is printed according to the comments: after each console.log, and in lines of their own at the end. */
function expected(code: string): string[] {
  const [list = ''] = /(\n\/\/ .*){2,}$/.exec(code.trimEnd()) ?? [];
  const rest = code.replace(list, '');
  const outputs = [...rest.matchAll(/console\.log\([^;]*?\);(?: |\n *)\/\/ (.*)$/gm)];
  return [...outputs.map(([, output = '']) => output), ...list.split('\n// ').slice(1)];
}
