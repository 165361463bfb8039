/**
 * Places where the wasm backend runs, as `docs/guide/bundlers.md` describes them: its program, built by its recipes and
 * served under its headers. What the page says is what is run.
 */
import { execSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleSite } from './bundle.mjs';
import { openPage } from './open-page.mjs';
import { commandIn, fileIn } from './readme.mjs';

const PAGE = resolve('docs/guide/bundlers.md');
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const policy = (scripts, workers = "'self'") => ({
  'Content-Security-Policy': `default-src 'self'; script-src ${scripts}; worker-src ${workers}`,
});

/** The versions that the recipes are run with. */
const bundlers = {
  esbuild: { packages: ['esbuild@0.28.2'], command: () => commandIn(PAGE, 'npx esbuild') },
  rollup: {
    packages: [
      'rollup@4.68.8',
      '@rollup/plugin-commonjs@29.0.3',
      '@rollup/plugin-node-resolve@16.0.3',
      '@rollup/plugin-terser@1.0.2',
    ],
    config: ['rollup.config.mjs', 'rollup.config.mjs'],
    command: () => 'npx rollup -c --silent',
  },
  webpack: {
    packages: ['webpack@5.113.0', 'webpack-cli@7.3.1'],
    config: ['webpack.config.cjs', 'webpack.config.cjs'],
    command: () => 'npx webpack --no-stats',
  },
  rspack: {
    packages: ['@rspack/core@2.3.4', '@rspack/cli@2.2.8'],
    config: ['webpack.config.cjs', 'rspack.config.cjs'],
    command: () => 'npx rspack build',
  },
};

/** Writes the program of the page, with the .wasm files where it looks for them. */
export function writePlaces(consumer) {
  writeFileSync(join(consumer, 'main.js'), fileIn(PAGE, 'main.js'));
  const wasm = join(consumer, 'public/wasm');
  mkdirSync(wasm, { recursive: true });
  const dist = join(consumer, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');
  for (const file of readdirSync(dist).filter((name) => name.endsWith('.wasm')))
    cpSync(join(dist, file), join(wasm, file));
}

/** The program built by Vite, minified, into `consumer`/dist, and what it does in four kinds of page. */
export async function openPlaces(consumer) {
  const html = '<!doctype html><script type="module" src="./main.js"></script>';
  writeFileSync(join(consumer, 'index.html'), html);
  await bundleSite(consumer);
  const site = join(consumer, 'dist');
  const trained = (backend, threads) => `trained on ${backend}, threads: ${threads}`;

  await openPage(site, trained('wasm', 2), { headers: ISOLATED });
  const strict = { ...ISOLATED, ...policy("'self' 'wasm-unsafe-eval'", 'blob:') };
  await openPage(site, trained('wasm', 2), { headers: strict });

  const noWorkers = { ...ISOLATED, ...policy("'self' 'wasm-unsafe-eval'") };
  const expected = (text) => /Content Security Policy|violates/.test(text);
  const alone = await openPage(site, trained('wasm', 1), { headers: noWorkers, expected });
  expectWarning(alone, 'products run on one thread');

  const elsewhere = /^trained on (cpu|webgl), threads: 1$/;
  const headers = { ...ISOLATED, ...policy("'self'") };
  expectWarning(await openPage(site, elsewhere, { headers, expected }), "'wasm-unsafe-eval'");

  rmSync(join(site, 'wasm'), { recursive: true });
  const missing = (text) => /404|wasm/.test(text);
  const lost = await openPage(site, elsewhere, { headers: ISOLATED, expected: missing });
  expectWarning(lost, "setWasmPaths('/folder/')");
}

/** Builds the program by each recipe, minified, and trains with threads on a page that may share memory. */
export async function openBundles(consumer) {
  const packages = Object.values(bundlers).flatMap((bundler) => bundler.packages);
  execSync(
    `npm install --no-save --no-audit --no-fund --prefer-offline --loglevel=error ${packages.join(' ')}`,
    {
      cwd: consumer,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  for (const [name, { config, command }] of Object.entries(bundlers)) {
    if (config !== undefined) writeFileSync(join(consumer, config[1]), fileIn(PAGE, config[0]));
    rmSync(join(consumer, 'public/bundle.js'), { force: true });
    execSync(command(), { cwd: consumer, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
    writeFileSync(
      join(consumer, 'public/index.html'),
      '<!doctype html><script type="module" src="./bundle.js"></script>',
    );
    try {
      await openPage(join(consumer, 'public'), 'trained on wasm, threads: 2', { headers: ISOLATED });
    } catch (error) {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    }
  }
  return Object.keys(bundlers).join(', ');
}

function expectWarning(printed, words) {
  const warnings = printed.filter((text) => text.includes(words));
  if (warnings.length === 1) return;
  throw new Error(`expected one warning with ${words}. The page printed:\n${printed.join('\n')}`);
}
