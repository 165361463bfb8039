import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import * as moe from 'tfjs-moe';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

const readme = readFileSync(`${import.meta.dirname}/../README.md`, 'utf8');
const blocks = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);
const modules: Record<string, () => unknown> = {
  '@tensorflow/tfjs': () => tf,
  'tfjs-moe': () => moe,
  'tfjs-moe/register': () => import('tfjs-moe/register'),
};

describe('README', () => {
  let printed: string[];

  beforeAll(storeInMemory);
  beforeEach(() => {
    printed = [];
    vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(values.join(' ')));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('starts with the import and an example of at most 12 lines', () => {
    const [example = ''] = blocks;
    expect(example.startsWith("import { mixtureOfExperts, topK, ffn } from 'tfjs-moe';\n")).toBe(true);
    expect(example.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(12);
  });

  test('its code runs as written, learns, and restores what it saved', { timeout: 60_000 }, async () => {
    await run(blocks.join('\n'));
    const [learned = '', load = '', restored] = printed;
    expect(valueIn(learned)).toBeGreaterThan(0.8);
    expect(valueIn(learned)).toBeLessThan(1.2);
    expect(load.split(',')).toHaveLength(4);
    expect(restored).toBe(learned);
  });
});

/** Runs a module's text with the modules under test behind its imports. */
async function run(code: string): Promise<void> {
  const script = code
    .replace(
      /^import \* as (\w+) from '(.+)';$/gm,
      (_, name, from) => `const ${name} = await load('${from}');`,
    )
    .replace(
      /^import (\{.+\}) from '(.+)';$/gm,
      (_, names, from) => `const ${names} = await load('${from}');`,
    )
    .replace(/^import '(.+)';$/gm, (_, from) => `await load('${from}');`);
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await AsyncFunction('load', script)((name: string) => modules[name]?.());
}

/** Stands in for the local storage that Node does not have. */
function storeInMemory(): void {
  const kept = new Map<string, tf.io.ModelArtifacts>();
  const isLocal = (url: string | string[]): url is string =>
    typeof url === 'string' && url.startsWith('localstorage://');
  tf.io.registerSaveRouter((url) => {
    if (!isLocal(url)) return null as never;
    return tf.io.withSaveHandler(async (artifacts) => {
      kept.set(url, artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
  });
  tf.io.registerLoadRouter((url) => (isLocal(url) ? tf.io.fromMemory(kept.get(url)!) : (null as never)));
}

/** The number in a printed tensor of one number. */
function valueIn(print: string): number {
  return Number(/-?\d+(\.\d+)?/.exec(print.replace('Tensor', ''))?.[0]);
}
