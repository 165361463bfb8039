/**
 * A consumer of the packages: a project outside the workspace, with TensorFlow.js, Observable Plot and the tarballs
 * installed by npm, and the programs of `programs/` in it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The versions of the peers that the workspace is tested with.
const manifestOf = (folder) =>
  createRequire(join(import.meta.dirname, `../../packages/${folder}/package.json`));
const { version } = manifestOf('tfjs-moe')('@tensorflow/tfjs/package.json');
const plot = manifestOf('estimators')('./package.json').devDependencies['@observablehq/plot'];

/**
 * @param folder an empty folder
 * @param packages what `packPackages` returns
 */
export function installConsumer(folder, packages) {
  const isPart = ({ name }) =>
    packages.some(({ manifest }) => name in (JSON.parse(manifest).dependencies ?? {}));
  const files = (list) => Object.fromEntries(list.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const manifest = {
    private: true,
    // A user asks for what nothing else asks for; the rest has to come along.
    dependencies: {
      ...{ '@tensorflow/tfjs': version, '@observablehq/plot': plot },
      ...files(packages.filter((one) => !isPart(one))),
    },
    overrides: files(packages.filter(isPart)),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', '--ignore-scripts', '--prefer-offline', ...quietly], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  cpSync(join(import.meta.dirname, 'programs'), folder, { recursive: true });
}

/** Runs one of the programs in Node and returns what it printed; its errors are errors here. */
export function runProgram(folder, program, ...args) {
  const settings = { cwd: folder, encoding: 'utf8', stdio: 'pipe' };
  return execFileSync(process.execPath, [program, ...args], settings).trim();
}
