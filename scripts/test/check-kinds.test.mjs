import { expect, test } from 'vitest';
import { runOver } from './planted.mjs';

const definitions = {
  'packages/gates/src/soft.ts': "export const soft = defineGate('soft', () => ({}));",
  'packages/gates/src/cosine.ts':
    "export const cosine = defineRouter<[Options], P>(\n  'cosine', () => ({}));",
  'packages/experts/src/line.ts': "export const line = defineExpert('line', () => ({}));",
};
const readers = (text) => ({
  'packages/theory/src/a.ts': text,
  'packages/measures/src/deep/a.ts': text,
  'packages/estimators/src/a.ts': text,
});

test('code that reads traits passes, and so do other kinds of things', () => {
  const text = [
    "export const a = (gate) => gate.traits?.form?.type === 'competitive';",
    "export const b = (noise) => noise.kind === 'regression';",
    "export const c = 'soft';",
    "export const d = (gate) => gate.kind + ' with soft';",
  ].join('\n');
  const { status, stdout } = runOver('check-kinds.mjs', { ...definitions, ...readers(text) });
  expect([status, stdout]).toEqual([0, '3 kinds, 3 files\n']);
});

test('a line that asks for a kind is told, in every package', () => {
  const text = [
    '// A comparison, the other way round, of a kind that is asserted, a choice, a list.',
    "export const a = (gate) => gate.kind === 'soft';",
    "export const b = ({ kind }) => 'cosine' !== kind;",
    "export const c = (gate) => gate.kind! === 'line';",
    "export function d(gate) { switch (gate.kind) { case 'soft': return 1; } }",
    'export const e = (gate) => ones.includes(gate.kind);',
  ].join('\n');
  const { status, stderr } = runOver('check-kinds.mjs', { ...definitions, ...readers(text) });
  expect(status).toBe(1);
  for (const path of Object.keys(readers(''))) {
    const lines = [2, 3, 4, 5, 6].map((line) => `${path}:${line}\n`).join('');
    expect(stderr).toContain(
      `: 5 lines ask a plugin for its kind, and 0 may; read its traits instead\n${lines}`,
    );
  }
});

test('a folder without definitions is none that was looked through', () => {
  const { status, stderr } = runOver('check-kinds.mjs', {
    ...readers("export const a = (gate) => gate.kind === 'soft';"),
    'packages/gates/src/a.ts': '',
    'packages/experts/src/a.ts': '',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('no kind was found: run this from the root of the repository');
});
