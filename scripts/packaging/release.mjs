/**
 * The release, rehearsed: in a copy of this repository, changesets give the next version and write the changelogs, and
 * every package is published to a registry on this machine. Needs a build, and pnpm on the path.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expectPnpm } from '../expect-pnpm.mjs';
import { openRegistry } from './registry.mjs';

const root = resolve(import.meta.dirname, '../..');
/** What of the root a release reads. */
const READ = ['.changeset', 'LICENSE', 'README.md', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
/** What lies in a package's folder and is no part of it. */
const LEFT_BEHIND = ['.cache', '.vite', '.turbo', 'coverage', '__screenshots__'];

/**
 * @param folder a new folder, for the copy
 * @returns the lines of `.npmrc` that lead to the registry, and for each package its name, its version, its published
 * package.json, and its changelog
 */
export async function rehearseRelease(folder) {
  expectPnpm('test-packages');
  const folders = copyWorkspace(folder);
  const manifests = () => folders.map((one) => JSON.parse(readFileSync(join(one, 'package.json'), 'utf8')));
  const names = manifests().map(({ name }) => name);
  const uplink = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' });
  const address = await openRegistry(names, uplink.trim().replace(/\/$/, ''));
  // A registry lets nobody publish who has no name.
  const npmrc = `registry=${address}\n${address.slice('http:'.length)}/:_authToken=rehearsal\n`;
  writeFileSync(join(folder, '.npmrc'), npmrc);
  const env = { ...process.env, CI: 'true', npm_config_registry: address };
  const run = (command, ...words) => execFileSync(command, words, { cwd: folder, env, stdio: 'pipe' });
  run(join(root, 'node_modules/.bin/changeset'), 'version');
  run('pnpm', 'publish:packages');
  const packages = await Promise.all(
    folders.map(async (one, i) => {
      const answer = await fetch(`${address}/${names[i]}`);
      if (!answer.ok) throw new Error(`${names[i]} was not published`);
      const { versions, 'dist-tags': tags } = await answer.json();
      const changelog = readFileSync(join(one, 'CHANGELOG.md'), 'utf8');
      return { name: names[i], version: tags.latest, manifest: versions[tags.latest], changelog };
    }),
  );
  return { npmrc, packages };
}

/** The folders of the packages, in a copy of the workspace. */
function copyWorkspace(folder) {
  mkdirSync(join(folder, 'packages'), { recursive: true });
  for (const name of READ) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return readdirSync(join(root, 'packages')).map((one) => {
    const copy = join(folder, 'packages', one);
    cpSync(join(root, 'packages', one), copy, {
      recursive: true,
      // Links between packages are relative: in the copy they lead to the copy.
      verbatimSymlinks: true,
      filter: (path) => !LEFT_BEHIND.includes(basename(path)),
    });
    return copy;
  });
}
