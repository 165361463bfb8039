/**
 * `pnpm --filter @tfjs-moe/layers conformance`: runs the golden vectors on every backend and records the greatest
 * deviations, from which `pnpm lists` writes the table in the docs.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { conventions, nameOf } from '../test/conformance/all.ts';
import { notExpressed } from '../test/conformance/not-expressed.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = resolve(import.meta.dirname, '../test/conformance');
const scratch = mkdtempSync(join(tmpdir(), 'conformance-'));
const deviations = new Map();
try {
  for (const project of ['node', 'browser']) {
    const report = join(scratch, `${project}.json`);
    const args = [
      '--project',
      project,
      'packages/layers/test/conformance',
      '--reporter=json',
      `--outputFile=${report}`,
    ];
    try {
      execFileSync(join(root, 'node_modules/.bin/vitest'), ['run', ...args], { cwd: root, stdio: 'ignore' });
    } catch {
      // What has changed fails until it is recorded.
    }
    for (const { assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
      for (const { meta } of assertionResults) {
        if (meta?.conformance === undefined) continue;
        const [row, backend, deviation] = meta.conformance;
        deviations.set(`${row} ${backend}`, deviation);
      }
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}

const rows = conventions.map(({ vector, convention, library, option }, row) => ({
  vector,
  convention,
  library,
  option,
  deviations: Object.fromEntries(
    ['cpu', 'wasm', 'kernels', 'webgl', 'webgpu'].map((backend) => [backend, rounded(row, backend)]),
  ),
}));
const content = JSON.stringify({ conventions: rows, notExpressed }, null, 2);
writeFileSync(join(folder, 'recorded.json'), `${content}\n`);

/** Up to one digit, so that other processors come to the same. */
function rounded(row, backend) {
  const deviation = deviations.get(`${row} ${backend}`);
  if (deviation === undefined) throw new Error(`row ${row} was not measured on ${backend}`);
  const most = backend.startsWith('web') ? 1e-4 : 1e-6;
  if (!(deviation < most)) throw new Error(`${nameOf(conventions[row])}: ${deviation} on ${backend}`);
  if (deviation < 1e-8) return 0;
  const unit = 10 ** Math.floor(Math.log10(deviation));
  return Number((Math.ceil(deviation / unit) * unit).toPrecision(1));
}
