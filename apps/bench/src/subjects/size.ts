import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import type { Row, Subject } from '../subject.ts';

/** What a page of TensorFlow.js loads anyway: layers, and a backend for every machine. */
const PAGE = [
  "export * as core from '@tensorflow/tfjs-core';",
  "export * as layers from '@tensorflow/tfjs-layers';",
  "import '@tensorflow/tfjs-backend-cpu';",
  "import '@tensorflow/tfjs-backend-webgl';",
].join('\n');

const LAYER = [
  "export { topK } from '@tfjs-moe/gates';",
  "export { ffn } from '@tfjs-moe/experts';",
  "export { mixtureOfExperts } from '@tfjs-moe/layers';",
].join('\n');

const EVERYTHING = [
  "import '@tfjs-moe/gates/register';",
  "import '@tfjs-moe/experts/register';",
  "export { mixtureOfExperts } from '@tfjs-moe/layers';",
].join('\n');

/** What is added to a page, and by which lines. */
const CASES: readonly (readonly [name: string, lines: string])[] = [
  ['layer, topK and ffn', LAYER],
  ['layer, every gate and expert', EVERYTHING],
  ['@tfjs-moe/wasm', "import '@tfjs-moe/wasm';"],
  ['@tfjs-moe/webgl', "import '@tfjs-moe/webgl';"],
  ['@tfjs-moe/webgpu', "import '@tfjs-moe/webgpu';"],
  [
    'fitMaximumLikelihood and summary',
    "export { fitMaximumLikelihood, summary } from '@tfjs-moe/estimators';",
  ],
];

/** How much a page has to load. */
export const size: Subject = {
  name: 'size',
  about:
    'bytes of code that a page loads, minified and gzipped, over those of its TensorFlow.js (layers, cpu and webgl) alone; KiB is what is added',
  async measure({ quick, log }) {
    log('TensorFlow.js');
    const alone = await bytesOf(PAGE, []);
    const rows: Row[] = [];
    for (const [name, lines] of quick ? CASES.slice(0, 1) : CASES) {
      log(name);
      const added = await bytesOf(lines, [/^@tensorflow\//]);
      rows.push({
        case: name,
        mode: 'one bundle',
        ratios: { alone: (alone + added) / alone },
        spread: {},
        KiB: (added / 1024).toFixed(1),
      });
    }
    return [
      ...rows,
      {
        case: 'TensorFlow.js',
        mode: 'one bundle',
        ratios: { alone: 1 },
        spread: {},
        KiB: (alone / 1024).toFixed(1),
      },
    ];
  },
};

/** A module of some lines with what it imports, but for what is `external`. */
async function bytesOf(lines: string, external: RegExp[]): Promise<number> {
  const entry = 'bench:entry';
  const { output } = (await build({
    configFile: false,
    root: join(import.meta.dirname, '..'),
    logLevel: 'error',
    plugins: [
      {
        name: 'lines',
        resolveId: (id) => (id === entry ? join(import.meta.dirname, 'entry.js') : undefined),
        load: (id) => (id === join(import.meta.dirname, 'entry.js') ? lines : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: entry, external: [/^node:/, ...external], preserveEntrySignatures: 'strict' },
    },
  })) as Rolldown.RolldownOutput;
  return output.reduce((sum, part) => sum + (part.type === 'chunk' ? gzipSync(part.code).length : 0), 0);
}
