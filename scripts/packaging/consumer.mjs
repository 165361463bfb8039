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
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifestWith(packages, version)));
  npmInstall(folder, ['--ignore-scripts', '--loglevel=error'], ['ignore', 'ignore', 'inherit']);
  cpSync(join(import.meta.dirname, 'programs'), folder, { recursive: true });
}

/** What npm says where a program asks for another version of TensorFlow.js; nothing is installed. */
export function refusalOf(folder, packages, other) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifestWith(packages, other)));
  try {
    npmInstall(folder, ['--dry-run'], ['ignore', 'ignore', 'pipe']);
    return '';
  } catch (error) {
    return String(error.stderr);
  }
}

function npmInstall(folder, options, stdio) {
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...options], {
    cwd: folder,
    stdio,
  });
}

function manifestWith(packages, tfjs) {
  const isPart = ({ name }) =>
    packages.some(({ manifest }) => name in (JSON.parse(manifest).dependencies ?? {}));
  const files = (list) => Object.fromEntries(list.map(({ name, tarball }) => [name, `file:${tarball}`]));
  return {
    private: true,
    // A user asks for what nothing else asks for; the rest has to come along.
    dependencies: {
      ...{ '@tensorflow/tfjs': tfjs, '@observablehq/plot': plot },
      ...files(packages.filter((one) => !isPart(one))),
    },
    overrides: files(packages.filter(isPart)),
  };
}

/** Runs one of the programs in Node and returns what it printed; its errors are errors here. */
export function runProgram(folder, program, ...args) {
  const settings = { cwd: folder, encoding: 'utf8', stdio: 'pipe' };
  return execFileSync(process.execPath, [program, ...args], settings).trim();
}
