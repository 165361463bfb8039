/**
 * A consumer of the packages: a project outside the workspace, with TensorFlow.js, Observable Plot and the packages
 * installed by npm, and the programs of `programs/` in it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The versions of the peers that the workspace is tested with.
const manifestOf = (folder) =>
  createRequire(join(import.meta.dirname, `../../packages/${folder}/package.json`));
const { version: tested } = manifestOf('tfjs-moe')('@tensorflow/tfjs/package.json');
const plot = manifestOf('estimators')('./package.json').devDependencies['@observablehq/plot'];

/** Makes a folder in which npm asks the registry of a rehearsed release. */
export function emptyProject(folder, { npmrc }, manifest = { private: true }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.npmrc'), `${npmrc}prefer-offline=true\naudit=false\nfund=false\n`);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

/**
 * @param folder a new folder
 * @param release what `rehearseRelease` returns
 */
export function installConsumer(folder, release) {
  emptyProject(folder, release, manifestWith(release, tested));
  npm(folder, 'install', '--ignore-scripts', '--loglevel=error');
  cpSync(join(import.meta.dirname, 'programs'), folder, { recursive: true });
}

/** What npm says where a program asks for another version of TensorFlow.js; nothing is installed. */
export function refusalOf(folder, release, other) {
  emptyProject(folder, release, manifestWith(release, other));
  try {
    npm(folder, 'install', '--dry-run');
    return '';
  } catch (error) {
    return String(error.stderr);
  }
}

/** Runs npm in a folder, and returns what it printed. */
export function npm(folder, ...words) {
  // A script of pnpm says in the environment which registry it is to be, which would win over the folder's own; and Vite,
  // once it has built something here, that this is production, where npm leaves out what a project is built with.
  const { npm_config_registry: _, NODE_ENV: __, ...env } = process.env;
  return execFileSync('npm', words, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 2 ** 26,
  });
}

/** Runs `npm exec` or `npm create`, which would take what an earlier rehearsal has left in npm's cache for the same. */
export function npmRunning(folder, ...words) {
  return npm(folder, '--cache', join(folder, '.npm'), '--yes', ...words);
}

function manifestWith({ packages }, tfjs) {
  const isPart = ({ name }) => packages.some(({ manifest }) => name in (manifest.dependencies ?? {}));
  // A user asks for what nothing else asks for; the rest has to come along.
  const asked = packages.filter((one) => !isPart(one)).map(({ name, version }) => [name, `^${version}`]);
  return {
    private: true,
    dependencies: { '@tensorflow/tfjs': tfjs, '@observablehq/plot': plot, ...Object.fromEntries(asked) },
  };
}

/** Runs one of the programs in Node and returns what it printed; its errors are errors here. */
export function runProgram(folder, program, ...args) {
  const settings = { cwd: folder, encoding: 'utf8', stdio: 'pipe' };
  return execFileSync(process.execPath, [program, ...args], settings).trim();
}
