import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProject, templates } from '../src/index.ts';

const own = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as { version: string };

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'create-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

interface Manifest {
  name: string;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
}
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

describe.each(templates.map((template) => [template.name, template] as const))('%s', (name, template) => {
  test('asks for the tfjs-moe of this release, and has the command that is told', () => {
    const folder = join(scratch, 'My first App');
    expect(createProject({ folder, template: name })).toBe(template);
    const manifest = manifestOf(folder);
    expect(manifest.name).toBe('my-first-app');
    expect(manifest.dependencies['tfjs-moe']).toBe(`^${version}`);
    for (const [needed, range] of Object.entries(manifest.dependencies)) expect(range, needed).not.toBe('');
    expect(Object.keys(manifest.scripts)).toContain(template.start.replace(/^npm (run )?/, ''));
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toContain('node_modules');
    expect(existsSync(join(folder, 'package.template.json'))).toBe(false);
  });

  test('imports nothing that it does not ask for', () => {
    const folder = join(scratch, 'app');
    createProject({ folder, template: name });
    const { dependencies } = manifestOf(folder);
    for (const place of Object.values(template.shared).filter((file) => /[jt]s$/.test(file))) {
      const code = readFileSync(join(folder, place), 'utf8');
      for (const [, from] of code.matchAll(/from '([^.'][^']*)'/g)) {
        const needed = from!.split('/', from!.startsWith('@') ? 2 : 1).join('/');
        expect(Object.keys(dependencies)).toContain(needed);
      }
    }
  });
});

test('the import map of the page is that of the README', () => {
  const map = (text: string) => /"imports": (\{[^}]*\})/.exec(text)![1]!.replace(/\s+/g, ' ');
  const page = readFileSync(join(own, 'templates/page/index.html'), 'utf8');
  expect(map(page)).toBe(map(readFileSync(resolve(own, '../tfjs-moe/README.md'), 'utf8')));
});

test('what somebody has is not written over', () => {
  const folder = join(scratch, 'mine');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.html'), 'mine');
  expect(() => createProject({ folder })).toThrow(
    'the folder must be new or empty. Received: ["index.html"].',
  );
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe('mine');
  expect(() => createProject({ folder: join(folder, 'index.html') })).toThrow('must be a folder');
});

test('half a project is taken away again, and nothing but it', async () => {
  mkdirSync(join(scratch, '.git'));
  vi.doMock('node:fs', async (original) => {
    const files = await original<typeof import('node:fs')>();
    const writeFileSync = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    return { ...files, writeFileSync };
  });
  vi.resetModules();
  const { createProject: onAFullDisk } = await import('../src/create-project.ts');
  vi.doUnmock('node:fs');
  expect(() => onAFullDisk({ folder: scratch })).toThrow(/the project cannot be written: .*ENOSPC/);
  expect(readdirSync(scratch)).toEqual(['.git']);
});

test('options are held to what they are', () => {
  expect(() => createProject({ folder: 5 as unknown as string })).toThrow('folder must be a path');
  expect(() => createProject({ folder: scratch, tempalte: 'node' } as never)).toThrow('did you mean');
});

test('a new repository is an empty folder', () => {
  mkdirSync(join(scratch, '.git'));
  createProject({ folder: scratch, template: 'node' });
  expect(existsSync(join(scratch, '.git'))).toBe(true);
  expect(existsSync(join(scratch, 'main.js'))).toBe(true);
});

test('an unknown template is answered with the nearest', () => {
  expect(() => createProject({ folder: join(scratch, 'new'), template: 'recat' })).toThrow(
    'did you mean "react"?',
  );
  expect(existsSync(join(scratch, 'new'))).toBe(false);
});

test('the program tells the next steps, and what was wrong in one line', () => {
  const run = (...words: string[]) =>
    execFileSync(
      process.execPath,
      ['--import', resolve(own, '../../scripts/from-source.mjs'), join(own, 'src/main.ts'), ...words],
      { cwd: scratch, encoding: 'utf8', stdio: 'pipe' },
    );
  expect(run('app', '--template', 'page')).toBe(
    'app is written. Now:\n\n  cd app\n  npm install\n  npm start\n',
  );
  expect(run('--help')).toContain('react  the same with React');
  expect(() => run('app')).toThrow(expect.objectContaining({ status: 2 }));
  expect(() => run('a', 'b')).toThrow(/give one folder/);
});
