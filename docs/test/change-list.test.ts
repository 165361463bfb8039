import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { changesOf } from '../build/change-list.ts';

const root = resolve(import.meta.dirname, '../..');

test('what waits stands before what was released, in the order of the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'changes-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('README.md', 'See [`b`](packages/b).\n\n| [`b`](packages/b) | x |\n| [`@a/c`](packages/c) | y |\n');
  write('.changeset/README.md', 'Changesets.');
  write('.changeset/one.md', "---\n'@a/c': minor\nb: patch\n---\n\nBoth learn.\n");
  write('.changeset/two.md', '---\n"b": minor\n---\n\nNew:\n\n- this\n- that\n');
  write(
    'packages/b/CHANGELOG.md',
    '# b\n\n## 0.2.0\n\n### Minor Changes\n\n- Second.\n\n## 0.1.0\n\n### Patch Changes\n\nFirst.\n',
  );
  write('packages/c/CHANGELOG.md', '# c\n\n## 0.2.0\n');
  expect(changesOf(folder).replace(/\n+/g, '\n')).toBe(
    [
      '## In the next release',
      '### b',
      'New:',
      '- this',
      '- that',
      '- Both learn.',
      '### @a/c',
      '- Both learn.',
      '## 0.2.0',
      '### b',
      '- Second.',
      '### @a/c',
      '## 0.1.0',
      '### b',
      'First.',
    ].join('\n'),
  );
  rmSync(folder, { recursive: true, force: true });
});

test('every package is told of', () => {
  const told = changesOf(root);
  for (const one of readdirSync(join(root, 'packages'))) {
    const { name } = JSON.parse(readFileSync(join(root, 'packages', one, 'package.json'), 'utf8')) as {
      name: string;
    };
    expect(told).toContain(`### ${name}\n`);
  }
});
