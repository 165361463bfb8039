import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  blobSource,
  bytesSource,
  fileSource,
  floatsOf,
  openSafetensors,
  tensorData,
  urlSource,
  writeSafetensors,
} from '@tfjs-moe/checkpoints/safetensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bytes = writeSafetensors(
  Array.from({ length: 8 }, (_, e) => tensorData(`expert.${e}`, 'F32', [4, 4], new Float32Array(16).fill(e))),
);

/** What a server does with a request; by default it serves ranges as it should. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let sent = 0;

function range(
  request: IncomingMessage,
  response: ServerResponse,
  of: Uint8Array = bytes,
  tag = '"1"',
): void {
  const [, begin, end] = /bytes=(\d+)-(\d+)/.exec(request.headers.range!)!.map(Number);
  const body = of.slice(begin, end! + 1);
  sent += body.length;
  response.writeHead(206, { 'Content-Range': `bytes ${begin}-${end}/${of.length}`, ETag: tag });
  response.end(body);
}

const server = createServer((request, response) => answer(request, response));
const folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/folder/m.safetensors?x=1`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test('the same tensor comes out of bytes, a Blob, a file and a URL', async () => {
  const path = join(folder, 'm.safetensors');
  writeFileSync(path, bytes);
  const handle = await open(path);
  answer = (request, response) => range(request, response);
  const sources = [
    bytesSource(bytes.slice().buffer),
    bytesSource(Buffer.concat([Buffer.from('x'), bytes]).subarray(1)),
    blobSource(new Blob([bytes as BlobPart])),
    await fileSource(handle),
    await urlSource(url),
  ];
  for (const source of sources) {
    const tensor = await (await openSafetensors(source)).read('expert.5');
    expect([...floatsOf(tensor)], source.name).toEqual(Array(16).fill(5));
  }
  await handle.close();
});

test('a file that becomes shorter is told with the byte', async () => {
  const path = join(folder, 'short.safetensors');
  writeFileSync(path, bytes);
  const handle = await open(path, 'r+');
  const file = await openSafetensors(await fileSource(handle, 'short.safetensors'));
  const { begin } = await file.info('expert.7');
  await handle.truncate(begin + 5);
  await expect(file.read('expert.7')).rejects.toThrow(`byte ${begin + 5}: the file became shorter`);
  await handle.close();
  await expect(file.read('expert.0')).rejects.toThrow(/short\.safetensors: byte \d+: reading failed: /);
});

describe('urlSource', () => {
  test('asks for the header and the tensor, and nothing else', async () => {
    sent = 0;
    answer = (request, response) => range(request, response);
    const file = await openSafetensors(await urlSource(url));
    const { begin } = await file.info('expert.0');
    await file.readRows('expert.3', 1, 2);
    expect(sent).toBe(begin + 16);
  });

  test('names a server that sends whole files, before it has', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Length': 1e12 });
      response.write('x');
    };
    await expect(urlSource(url)).rejects.toThrow(/m\.safetensors: byte 0: .*with 206\. Received: 200/);
  });

  test.each<[string, typeof answer, RegExp]>([
    ['404', (_, response) => response.writeHead(404).end(), /Received: 404/],
    ['no Content-Range', (_, response) => response.writeHead(206).end('x'), /must have a Content-Range/],
    [
      'another range',
      (_, response) => response.writeHead(206, { 'Content-Range': 'bytes 5-5/9' }).end('x'),
      /bytes 0 to 7 were asked for/,
    ],
    [
      'more bytes than it names',
      (_, response) => response.writeHead(206, { 'Content-Range': 'bytes 0-0/9' }).end('xyz'),
      /more than the 1 bytes/,
    ],
    [
      'fewer bytes than it names',
      (_, response) => response.writeHead(206, { 'Content-Range': 'bytes 0-0/9' }).end(),
      /ended early, after 0 of 1/,
    ],
    ['a dead connection', (_, response) => response.destroy(), /the request failed/],
  ])('names an answer of %s', async (_, answered, message) => {
    answer = answered;
    await expect(urlSource(url)).rejects.toThrow(message);
  });

  test('names a file that changed between two requests', async () => {
    answer = (request, response) => range(request, response);
    const source = await urlSource(url);
    answer = (request, response) => range(request, response, bytes, '"2"');
    await expect(source.read(8, 16)).rejects.toThrow(/changed meanwhile/);
  });

  test('sends headers along', async () => {
    const seen: unknown[] = [];
    answer = (request, response) => {
      seen.push(request.headers.authorization);
      range(request, response);
    };
    await urlSource(url, { headers: { Authorization: 'Bearer x' } });
    expect(seen).toEqual(['Bearer x']);
  });
});

test("a source of one's own is held to its word too", async () => {
  const bytes = writeSafetensors([tensorData('a', 'F32', [2], [1, 2])]);
  let isBroken = false;
  const source = (failing: () => Uint8Array) => ({
    name: 'own.safetensors',
    size: bytes.length,
    read: async (begin: number, end: number) => (isBroken ? failing() : bytes.subarray(begin, end)),
  });
  const short = await openSafetensors(source(() => new Uint8Array(3)));
  const gone = await openSafetensors(
    source(() => {
      throw new Error('the drawer is locked');
    }),
  );
  isBroken = true;
  await expect(short.read('a')).rejects.toThrow(/own\.safetensors: .*8 bytes were asked for\. Received: 3\./);
  await expect(gone.read('a')).rejects.toThrow(
    /own\.safetensors: byte \d+: reading failed: the drawer is locked/,
  );
});
