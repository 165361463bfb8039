import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileError, makeFolder } from '@tfjs-moe/command-line';
import { expectKnownOptions, expectOneOf, MoeError } from '@tfjs-moe/core';
import { type Template, templates } from './templates.ts';

const WHO = 'create-tfjs-moe';

/** Options of {@link createProject}. */
export interface CreateProjectOptions {
  /** The folder of the project: a new one, or one that is empty. Its name is the project's. */
  readonly folder: string;
  /** `vite`, `react`, `page` or `node` (default: `vite`). */
  readonly template?: string;
}

/**
 * Writes a project that trains a mixture of experts, and asks for the tfjs-moe that this program is published with.
 *
 * Nothing is installed. A folder that holds anything but a repository's `.git` is refused, whatever it holds: no file of
 * somebody's is written over. A project that cannot be written whole is taken away again.
 * @returns the template that was taken
 */
export function createProject(options: CreateProjectOptions): Template {
  expectKnownOptions(WHO, options, ['folder', 'template']);
  const { folder, template } = options;
  if (typeof folder !== 'string' || folder === '') throw new MoeError(WHO, 'folder must be a path', folder);
  const names = templates.map(({ name }) => name);
  const chosen = expectOneOf(WHO, '--template', template ?? names[0], names);
  const taken = templates.find(({ name }) => name === chosen)!;
  const path = resolve(folder);
  expectRoom(path);
  makeFolder(WHO, 'the project', path);
  try {
    write(taken, path);
  } catch (cause) {
    // Half a project would be refused the next time, as somebody's.
    for (const name of filesIn(path)) rmSync(join(path, name), { recursive: true, force: true });
    throw fileError(WHO, 'the project cannot be written', path, 'writing', cause);
  }
  return taken;
}

function write(taken: Template, path: string): void {
  const from = resolve(import.meta.dirname, '../templates');
  cpSync(join(from, taken.name), path, { recursive: true });
  for (const [file, place] of Object.entries(taken.shared)) {
    cpSync(join(from, 'common', file), join(path, place));
  }
  // npm leaves .gitignore out of what it publishes.
  cpSync(join(from, 'common/gitignore'), join(path, '.gitignore'));
  renameSync(join(path, 'package.template.json'), join(path, 'package.json'));
  adapt(join(path, 'package.json'), path);
}

function expectRoom(path: string): void {
  const there = existsSync(path) ? filesIn(path) : [];
  if (there.length > 0) throw new MoeError(WHO, 'the folder must be new or empty', there);
}

/** What lies in a folder, but for the history of a new repository. */
function filesIn(path: string): string[] {
  try {
    return readdirSync(path).filter((name) => name !== '.git');
  } catch (cause) {
    throw fileError(WHO, 'the place of the project must be a folder', path, 'reading', cause);
  }
}

/** The name of the folder, as npm takes names, and the versions of this release. */
function adapt(manifestPath: string, path: string): void {
  const own = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as {
    name: string;
    dependencies: Record<string, string>;
  };
  manifest.name = packageName(basename(path));
  for (const name of Object.keys(manifest.dependencies)) {
    if (name === 'tfjs-moe' || name.startsWith('@tfjs-moe/')) manifest.dependencies[name] = `^${own.version}`;
  }
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
}

function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  return name || 'tfjs-moe-app';
}
