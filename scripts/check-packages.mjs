/**
 * Packs every public package as it would be published and looks at the result from a consumer's side: publint, attw,
 * and the few facts of this repository that neither of them knows. `pnpm exports` runs it; it needs a build.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packPackages } from './packaging/pack.mjs';
import { scratchFolder } from './scratch.mjs';

let failures = 0;
for (const { name, ...published } of packPackages(scratchFolder('tfjs-moe-pack'))) {
  const problems = check(published);
  failures += problems.length;
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  for (const problem of problems) console.log(problem.trimEnd().replace(/^/gm, '     '));
}
process.exit(failures === 0 ? 0 : 1);

/** What is wrong with a package; nothing if empty. */
function check({ tarball, manifest, files }) {
  return [
    ...output('publint', [tarball, '--strict']),
    ...output('attw', [tarball, '--profile', 'esm-only']),
    ...leaks(manifest),
    ...orphans(files),
  ];
}

/** What only this workspace can resolve must not reach a consumer. */
function leaks(manifest) {
  return ['tfjs-moe-source', 'workspace:', 'catalog:']
    .filter((word) => manifest.includes(word))
    .map((word) => `the published package.json contains "${word}"`);
}

/** Nothing removes what tsc built from a source that was since renamed. */
function orphans(files) {
  const sources = new Set(files.filter((file) => file.startsWith('src/')));
  return files
    .filter((file) => file.startsWith('dist/') && file.endsWith('.js'))
    .filter((file) => !sources.has(file.replace('dist/', 'src/').replace(/\.js$/, '.ts')))
    .map((file) => `${file} has no source any more: delete dist/ and build again`);
}

/** What a tool printed, if it failed. */
function output(tool, args) {
  try {
    execFileSync(join('node_modules', '.bin', tool), args, { encoding: 'utf8', stdio: 'pipe' });
    return [];
  } catch (error) {
    return [`${tool}:\n${error.stdout}${error.stderr}`];
  }
}
