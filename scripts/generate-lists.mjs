/**
 * Writes every list that follows from the definitions: registers, the plugin half of indexes, tables in READMEs and
 * guides, and the `exports` of published packages. A gate is then three files: source, test and page.
 *
 * `pnpm lists` writes; with `--check` it changes nothing and fails where a file is not as it would be written.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { definitionsOf, pagesOf } from './lists/definitions.mjs';
import { exportLines, registerModule } from './lists/modules.mjs';
import { operationsOf } from './lists/operations.mjs';
import { plainFormulas } from './lists/plain-formulas.mjs';
import { tableLines, withRegion } from './lists/regions.mjs';

process.chdir(resolve(import.meta.dirname, '..'));
const isCheck = process.argv.includes('--check');
const files = new Map();
const read = (path) => files.get(path) ?? readFileSync(path, 'utf8');
// npm shows the README of a package as it is, without formulas.
const shown = (path, lines) => (path.startsWith('packages/') ? lines.map(plainFormulas) : lines);
const region = (path, name, lines) =>
  files.set(path, withRegion(path, read(path), name, path.endsWith('.md') ? shown(path, lines) : lines));

const generated = '// Written by scripts/generate-lists.mjs.';
const headerOf = (path) => [/^\/\*\*[\s\S]*?\*\//.exec(read(path))[0], generated];
const registerOf = (path, roles, options) => files.set(path, registerModule(headerOf(path), roles, options));

registerOf('packages/gates/src/register.ts', ['router', 'gate']);
registerOf('packages/experts/src/register.ts', ['expert']);
registerOf('packages/layers/src/register.ts', ['balanceLoss'], {
  folder: 'losses/',
  before: ["import * as tf from '@tensorflow/tfjs-core';"],
  lines: [
    { isImport: true, text: "import { bring } from './brought.ts';" },
    { isImport: true, text: "import { softDispatch } from './dispatch/soft.ts';" },
    { isImport: true, text: "import { dispatchWeighted } from './dispatch/weighted-input.ts';" },
    { isImport: true, text: "import { layerBank } from './experts/layer-experts.ts';" },
    { isImport: true, text: "import { mixedBank } from './experts/mixed-experts.ts';" },
    { isImport: true, text: "import { readExpertDropout } from './extensions/expert-dropout.ts';" },
    { isImport: true, text: "import { readSharedExperts } from './extensions/shared-experts.ts';" },
    {
      isImport: true,
      text: "import { readWeightConstraints } from './extensions/weight-constraints.ts';",
    },
    {
      isImport: true,
      text: "import { readWeightRegularizers } from './extensions/weight-regularizers.ts';",
    },
    { isImport: true, text: "import { batchPriority } from './priorities/batch-priority.ts';" },
    { isImport: true, text: "import { definePriority } from './priorities/define-priority.ts';" },
    { isImport: true, text: "import { probabilityPriority } from './priorities/probability-priority.ts';" },
    { isImport: true, text: "import { tokenOrder } from './priorities/token-order.ts';" },
    { isImport: true, text: "import { MixtureOfExperts } from './mixture-of-experts.ts';" },
    {
      isImport: true,
      text: "import { CustomizedGateControl } from './tasks/customized-gate-control.ts';",
    },
    {
      isImport: true,
      text: "import { MultiGateMixtureOfExperts } from './tasks/multi-gate-mixture-of-experts.ts';",
    },
    { isImport: false, text: 'tf.serialization.registerClass(MixtureOfExperts);' },
    { isImport: false, text: 'tf.serialization.registerClass(MultiGateMixtureOfExperts);' },
    { isImport: false, text: 'tf.serialization.registerClass(CustomizedGateControl);' },
    { isImport: false, text: "bring('layers', layerBank);" },
    { isImport: false, text: "bring('mixed', mixedBank);" },
    { isImport: false, text: "bring('shared', readSharedExperts);" },
    { isImport: false, text: "bring('dropout', readExpertDropout);" },
    { isImport: false, text: "bring('regularizers', readWeightRegularizers);" },
    { isImport: false, text: "bring('constraints', readWeightConstraints);" },
    { isImport: false, text: "bring('soft', softDispatch);" },
    { isImport: false, text: "bring('input', dispatchWeighted);" },
    {
      isImport: false,
      text: 'for (const each of [batchPriority, probabilityPriority, tokenOrder]) definePriority(each);',
    },
  ],
});

region('packages/gates/src/index.ts', 'routers', exportLines('router'));
region('packages/gates/src/index.ts', 'gates', exportLines('gate', 'Gates'));
region('packages/experts/src/index.ts', 'experts', exportLines('expert'));
region('packages/layers/src/index.ts', 'balance losses', exportLines('balanceLoss'));

const kindsLine = (role) =>
  `${role}: [${definitionsOf(role)
    .map(({ kind }) => `'${kind}'`)
    .join(', ')}],`;
region(
  'packages/core/src/hints/built-in-kinds.ts',
  'kinds',
  ['router', 'gate', 'expert', 'balanceLoss'].map(kindsLine),
);

const cells = (role, ...keys) =>
  definitionsOf(role).map(({ name, page }) => [`\`${name}\``, ...keys.map((key) => page[key])]);
const gates = 'packages/gates/README.md';
region(gates, 'gates', tableLines(['gate', 'selects', 'weights'], cells('gate', 'selects', 'weights')));
region(gates, 'routers', tableLines(['router', '$z(x)$'], cells('router', 'score')));
region(
  'packages/experts/README.md',
  'experts',
  tableLines(['expert', '$h(x)$', 'take it for'], cells('expert', 'output', 'for')),
);

const link = ({ path, short }) => `[${short}](${path.replace(/^docs|\.md$/g, '')})`;
const choices = (folder) => pagesOf(`docs/${folder}`).map(link).join(', ');
region(
  'docs/guide/getting-started.md',
  'parts',
  tableLines(
    ['part', 'choices'],
    [
      ['gate', choices('gates')],
      ['router, inside the gate', choices('routers')],
      ['expert', choices('experts')],
      ['balance', choices('losses')],
    ],
  ),
);
region(
  'docs/guide/balance.md',
  'balance losses',
  tableLines(
    ['loss', 'balances', 'needs'],
    pagesOf('docs/losses').map((page) => [link(page), page.balances, page.needs]),
  ),
);
const title = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;
for (const folder of ['gates', 'routers', 'experts', 'losses', 'datasets']) {
  const items = pagesOf(`docs/${folder}`).map(
    ({ path, short }) => `{ text: '${title(short)}', link: '${path.replace(/^docs|\.md$/g, '')}' },`,
  );
  region('docs/.vitepress/navigation.ts', folder, items);
}
const shorts = definitionsOf('gate').map(({ page }) => page.short);
files.set(
  'README.md',
  read('README.md').replace(
    /(\| routers and gates: ).*( \|)/,
    (_, before, after) => `${before}${shorts.join(', ')}${after}`,
  ),
);

const legend = (path) =>
  tableLines(
    ['operation', 'meaning'],
    operationsOf(path).map(({ call, meaning }) => [call, meaning]),
  );
for (const path of ['packages/core/README.md', 'docs/architecture.md', 'docs/guide/writing-an-expert.md']) {
  region(path, 'operations', legend('packages/core/src/ops.ts'));
}
for (const path of ['packages/core/README.md', 'docs/architecture.md', 'docs/guide/writing-a-gate.md']) {
  region(path, 'operations of gates', legend('packages/core/src/gate-ops.ts'));
}

const conformance = JSON.parse(read('packages/layers/test/conformance/recorded.json'));
region(
  'docs/guide/conformance.md',
  'conventions',
  tableLines(
    ['what is computed', 'by whom', 'option', 'cpu', 'wasm', 'kernels', 'WebGL', 'WebGPU'],
    conformance.conventions.map(({ convention, library, option, deviations }) => [
      convention,
      library,
      `\`${option}\``,
      ...Object.values(deviations).map((deviation) => (deviation === 0 ? '0' : deviation.toExponential())),
    ]),
  ),
);
region(
  'docs/guide/conformance.md',
  'not expressed',
  tableLines(
    ['what is computed', 'by whom', 'why not'],
    conformance.notExpressed.map(({ convention, library, reason }) => [convention, library, reason]),
  ),
);

// What is published has no condition for the sources: otherwise it is what the workspace resolves.
for (const folder of readdirSync('packages')) {
  const path = join('packages', folder, 'package.json');
  const manifest = JSON.parse(read(path));
  if (manifest.private) continue;
  const published = ([subpath, target]) => {
    if (typeof target === 'string') return [subpath, target];
    const { 'tfjs-moe-source': _, ...rest } = target;
    return [subpath, rest];
  };
  manifest.publishConfig.exports = Object.fromEntries(Object.entries(manifest.exports).map(published));
  files.set(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

const stale = [...files].filter(([path, text]) => formatted(path, text) !== readFileSync(path, 'utf8'));
for (const [path, text] of stale) {
  if (isCheck) console.log(`FAIL ${path} is not what the definitions say: run pnpm lists`);
  else writeFileSync(path, formatted(path, text));
}
console.log(`${files.size} files with lists, ${stale.length} ${isCheck ? 'stale' : 'written'}`);
process.exitCode = isCheck && stale.length > 0 ? 1 : 0;

/** As `biome check` wants it. */
function formatted(path, text) {
  if (path.endsWith('.md')) return text;
  const biome = join('node_modules', '.bin', 'biome');
  return execFileSync(
    biome,
    ['format', `--stdin-file-path=${basename(path) === 'package.json' ? 'package.json' : path}`],
    {
      input: text,
      encoding: 'utf8',
    },
  );
}
