import '@tensorflow/tfjs-backend-cpu';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as tf from '@tensorflow/tfjs-core';
import { loadMixture } from '@tfjs-moe/checkpoints';
import { checkpointFiles } from '@tfjs-moe/checkpoints/safetensors';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Block, blockOf, distanceFrom } from './blocks.ts';

/** What the server has, by path, and what it was asked for. */
const files = new Map<string, Uint8Array>();
let asked: {
  readonly path: string;
  readonly query: string;
  readonly isWhole: boolean;
  readonly bytes: number;
}[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url!, 'http://127.0.0.1');
  const bytes = files.get(pathname);
  const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
  if (bytes === undefined) return void response.writeHead(404).end();
  if (request.method === 'HEAD') return void response.writeHead(200).end();
  const [begin, end] = range === null ? [0, bytes.length - 1] : [Number(range[1]), Number(range[2])];
  asked.push({ path: pathname, query: search, isWhole: range === null, bytes: end - begin + 1 });
  const headers = { 'Content-Range': `bytes ${begin}-${end}/${bytes.length}` };
  response.writeHead(range === null ? 200 : 206, range === null ? {} : headers);
  response.end(bytes.slice(begin, end + 1));
}

const server = createServer(answer);
let at = '';
let block: Block;

beforeAll(async () => {
  await tf.setBackend('cpu');
  block = await blockOf('mixtral');
  const tensors = await Promise.all(block.file.names.map((name) => block.file.read(name)));
  const put = (folder: string, given: ReadonlyMap<string, readonly Uint8Array[]>) => {
    for (const [name, parts] of given) files.set(`${folder}/${name}`, Buffer.concat(parts));
    files.set(
      `${folder}/config.json`,
      Buffer.from(JSON.stringify({ ...block.config, model_type: 'mixtral' })),
    );
  };
  put('/sharded', checkpointFiles(tensors, { maxShardBytes: 2000 }));
  put('/single', checkpointFiles(tensors));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
afterEach(() => {
  asked = [];
});

test.each([
  ['a folder of shards', '/sharded'],
  ['a folder, with a slash', '/sharded/'],
  ['an index', '/sharded/model.safetensors.index.json'],
  ['a folder with one file', '/single'],
  ['a file', '/single/model.safetensors'],
])('%s is opened by ranges, its config with it', async (_, path) => {
  const layer = await loadMixture(`${at}${path}?token=x`, { layer: 3 });
  expect(await distanceFrom(block, layer)).toBeLessThan(1e-6);
  layer.dispose();
  const whole = asked.filter(({ isWhole }) => isWhole).map((each) => each.path.split('/').at(-1));
  expect(whole.filter((name) => name!.endsWith('.safetensors'))).toEqual([]);
  expect(whole).toContain('config.json');
  // What lets a reader in is said with every request.
  expect(new Set(asked.map(({ query }) => query))).toEqual(new Set(['?token=x']));
});

test('of two experts, no more is read than theirs', async () => {
  const bytesOf = async (experts?: readonly number[]) => {
    asked = [];
    (await loadMixture(`${at}/sharded`, { layer: 3, ...(experts && { experts }) })).dispose();
    return asked.reduce((sum, { bytes }) => sum + bytes, 0);
  };
  const kernels = block.file.names.filter((name) => name.includes('experts.0.'));
  const sizes = await Promise.all(kernels.map(async (name) => (await block.file.read(name)).bytes.length));
  const expert = sizes.reduce((sum, size) => sum + size);
  // Six experts are left out, and six rows of the router.
  expect((await bytesOf()) - (await bytesOf([1, 6]))).toBe(6 * (expert + 4 * 8));
});

test('a shard that the index names and the server lacks is named', async () => {
  const shard = [...files.keys()].find((path) => path.includes('00002-of'))!;
  const bytes = files.get(shard)!;
  files.delete(shard);
  await expect(loadMixture(`${at}/sharded`, { layer: 3 })).rejects.toThrow(/00002-of.*404/);
  // Without the config, families are looked for: none is to blame.
  await expect(loadMixture(`${at}/sharded`, { layer: 3, config: {} })).rejects.toThrow(/00002-of.*404/);
  files.set(shard, bytes);
});

test('a folder with neither is named', async () => {
  await expect(loadMixture(`${at}/nothing`, { layer: 3 })).rejects.toThrow(/model\.safetensors.*404/);
});
