/**
 * Installs the packages as they would be published into an empty project, and uses them there as a user would: from Node,
 * TypeScript, a plain page and a bundler. `pnpm test:packages` builds and runs it; the network is used for npm alone.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { noChromium } from './chromium.mjs';
import { bundleModule, bundleSite } from './packaging/bundle.mjs';
import { takeInAndOut } from './packaging/checkpoint-programs.mjs';
import { emptyProject, installConsumer, npmRunning, refusalOf, runProgram } from './packaging/consumer.mjs';
import { createProjects } from './packaging/new-projects.mjs';
import { openPage } from './packaging/open-page.mjs';
import { openBundles, openPlaces, writePlaces } from './packaging/places.mjs';
import { codeIn } from './packaging/readme.mjs';
import { rehearseRelease } from './packaging/release.mjs';
import { scratchFolder } from './scratch.mjs';

/** The most that the layer, one gate and one expert may add to a page: bytes, minified and gzipped, without tfjs. */
const SIZE_LIMIT = 20 * 1024;

/**
 * name, what it does, and where it applies:
 *   run       throws if something is wrong, may return a note
 *   unless    a reason to leave the check out, or a falsy value
 *   essential nothing after it can work if it fails
 */
const CHECKS = [
  { name: 'a release, rehearsed', run: release, essential: true },
  { name: 'install with npm', run: () => installConsumer(consumer, released), essential: true },
  { name: 'npm refuses an older TensorFlow.js', run: refuseOlder },
  { name: 'import in Node', run: () => runProgram(consumer, 'import.mjs') },
  { name: 'require in Node', run: () => runProgram(consumer, 'require.cjs') },
  { name: 'every subpath', run: importEverySubpath },
  { name: 'types, NodeNext', run: () => compile('nodenext', 'nodenext', 'typed.mts', 'typed.cts') },
  { name: 'types, Bundler', run: () => compile('esnext', 'bundler', 'typed.mts') },
  { name: 'register restores every kind', run: restoreEveryKind },
  { name: "parts of one's own", run: () => void runProgram(consumer, 'own-parts.mjs') },
  { name: 'errors name what to import', run: followAdvice },
  { name: 'checkpoints, in and out', run: () => takeInAndOut(consumer) },
  { name: 'the command moe', run: () => runProgram(consumer, 'command.mjs') },
  { name: 'size and tree-shaking', run: measure },
  { name: 'plain page with an import map', run: openPlainPage, unless: noChromium },
  { name: 'page built with Vite', run: openBuiltPage, unless: noChromium },
  { name: 'isolated pages and policies', run: openWasmPages, unless: noChromium },
  { name: 'npx @tfjs-moe/cli', run: runWithNpx },
  { name: 'npm create tfjs-moe', run: () => createProjects(join(scratch, 'new'), released) },
  { name: 'recipes of bundlers', run: () => openBundles(consumer), unless: noChromium },
];

process.chdir(resolve(import.meta.dirname, '..'));
const scratch = scratchFolder('tfjs-moe-consumer');
const consumer = join(scratch, 'project');
let released = { packages: [] };

let failures = 0;
for (const { name, run, unless, essential } of CHECKS) {
  const began = performance.now();
  const { verdict, note } = unless ? { verdict: 'skip', note: unless } : await attempt(run);
  const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  console.log(`${verdict.padEnd(5)} ${name.padEnd(30)} ${seconds.padStart(7)}  ${note}`.trimEnd());
  if (verdict === 'FAIL') failures++;
  if (verdict === 'FAIL' && essential) break;
}
process.exit(failures === 0 ? 0 : 1);

async function attempt(run) {
  try {
    return { verdict: 'ok', note: (await run()) ?? '' };
  } catch (error) {
    // A program that failed has already said why.
    const said = [error.stdout, error.stderr].filter(Boolean).join('\n') || (error.stack ?? String(error));
    return { verdict: 'FAIL', note: `\n${said.trim().replace(/^/gm, '      ')}` };
  }
}

async function release() {
  released = await rehearseRelease(join(scratch, 'release'));
  const versions = new Set(released.packages.map(({ version }) => version));
  if (versions.size > 1) throw new Error(`versions differ: ${[...versions].join(', ')}`);
  const [version] = versions;
  for (const { name, changelog } of released.packages) {
    const said = changelog.split(`## ${version}`)[1]?.split('\n## ')[0] ?? '';
    if (!/[a-z]{4}/.test(said.replace(/### .*/g, '')))
      throw new Error(`the changelog of ${name} says nothing of ${version}`);
  }
  return `${released.packages.length} packages, ${version}`;
}

function refuseOlder() {
  const said = refusalOf(join(scratch, 'older'), released, '4.20.0');
  if (!said.includes('ERESOLVE')) throw new Error(`npm would install two copies of TensorFlow.js: ${said}`);
}

function runWithNpx() {
  const folder = join(scratch, 'nothing');
  emptyProject(folder, released);
  const said = npmRunning(folder, 'exec', '@tfjs-moe/cli', '--', '--version');
  expectEqual(
    [said.trim()],
    [`moe ${released.packages[0].version}`],
    'what npx @tfjs-moe/cli --version prints',
  );
}

function importEverySubpath() {
  const subpaths = released.packages.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports).map((subpath) => name + subpath.slice(1)),
  );
  runProgram(consumer, 'import-every-subpath.mjs', ...subpaths);
  return `${subpaths.length} subpaths`;
}

function compile(module, resolution, ...programs) {
  const compiler = resolve('node_modules/typescript/bin/tsc');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--lib', 'es2022,dom'];
  const flavour = ['--module', module, '--moduleResolution', resolution];
  runProgram(consumer, compiler, ...options, ...flavour, ...programs);
}

async function restoreEveryKind() {
  const kinds = runProgram(consumer, 'save-every-kind.mjs').split('\n');
  runProgram(consumer, 'load-every-kind.mjs');
  // Node evaluates whole packages, a bundler only what is used, or has effects.
  for (const program of ['load-every-kind.mjs', 'know-every-layer.mjs']) {
    writeFileSync(join(consumer, 'bundled.mjs'), await bundleModule(consumer, program));
    runProgram(consumer, 'bundled.mjs');
  }
  return `${kinds.length} kinds, in Node and in a bundle`;
}

function followAdvice() {
  const asked = (model) => runProgram(consumer, 'load-by-advice.mjs', model).split('\n');
  const gates = '@tfjs-moe/gates/register';
  const experts = '@tfjs-moe/experts/register';
  for (const model of ['gate noisyTopK', 'router mlp', 'expert gatedFfn']) {
    expectEqual(asked(model), [gates, experts], `modules that errors asked for, loading ${model}`);
  }
}

async function measure() {
  const size = gzipSync(await bundleModule(consumer, 'smallest.mjs', { minify: true })).length;
  if (size > SIZE_LIMIT) throw new Error(`${size} bytes, at most ${SIZE_LIMIT} are allowed`);
  writeFileSync(join(consumer, 'bundled.mjs'), await bundleModule(consumer, 'smallest-kinds.mjs'));
  const { kinds } = JSON.parse(runProgram(consumer, 'bundled.mjs'));
  // topK is softmax over a linear router; whatever else were here, nobody asked for.
  expectEqual(kinds, ['linear', 'softmax', 'topK', 'ffn'], 'kinds in the bundle');
  return `layer, topK and ffn: ${size} bytes of at most ${SIZE_LIMIT}, minified and gzipped`;
}

async function openPlainPage() {
  const readme = 'packages/tfjs-moe/README.md';
  writeFileSync(join(consumer, 'index.html'), codeIn(readme, 'html'));
  // The imported program comes first, and sets the backend.
  const done = "console.log('the README ran');";
  writeFileSync(
    join(consumer, 'train.js'),
    ["import './import.mjs';", codeIn(readme, 'js'), done].join('\n'),
  );
  await openPage(consumer, 'the README ran');
}

async function openBuiltPage() {
  const script = '<!doctype html><script type="module" src="./import.mjs"></script>';
  writeFileSync(join(consumer, 'index.html'), script);
  const size = await bundleSite(consumer);
  await openPage(join(consumer, 'dist'), 'trained, saved and loaded');
  return `${size} bytes with TensorFlow.js, minified and gzipped`;
}

async function openWasmPages() {
  writePlaces(consumer);
  await openPlaces(consumer);
}

function expectEqual(actual, expected, what) {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  throw new Error(`${what}: ${actual.join(', ')}; expected ${expected.join(', ')}`);
}
