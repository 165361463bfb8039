/**
 * Installs R with flexmix, survival, quantreg, glmnet and MASS, peers of the estimators' tests, and jsonlite, which an example of the
 * documentation needs, where that is possible: on Debian, as root. Elsewhere it says in a line why not, and the tests are
 * skipped.
 */
import { spawnSync } from 'node:child_process';

const has = (command, ...rest) => spawnSync(command, rest, { stdio: 'ignore' }).status === 0;
const hasAll = () =>
  has(
    'Rscript',
    '-e',
    'library(flexmix); library(survival); library(quantreg); library(glmnet); library(MASS); library(jsonlite)',
  );

const packages = [
  'r-base-core',
  ...['flexmix', 'survival', 'quantreg', 'glmnet', 'mass', 'jsonlite'].map((of) => `r-cran-${of}`),
];

function install() {
  if (hasAll()) return 'R with its packages is there';
  if (!has('apt-get', '--version'))
    return 'R is not installed: this is no Debian; tests against flexmix are skipped';
  if (process.getuid?.() !== 0) {
    return `R is not installed: only root may; tests against flexmix are skipped (apt-get install ${packages.join(' ')})`;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  run('update');
  run('install', '-y', '--no-install-recommends', ...packages);
  return hasAll()
    ? 'R with its packages is installed'
    : 'R could not be installed; tests against flexmix are skipped';
}

console.log(install());
