import { MoeError } from '@tfjs-moe/core';
import { type ByteSource, blobSource, bytesSource } from './safetensors/byte-source.ts';
import { type Checkpoint, openSafetensors, openShards, urlSource } from './safetensors/index.ts';

/** A checkpoint with the config that lies beside it. */
export interface OpenModel {
  readonly checkpoint: Checkpoint;
  /** The parsed `config.json`. */
  readonly config?: object | undefined;
}

/**
 * Where a model comes from: a URL (of a `.safetensors` file, of an index, or of a folder with either and a `config.json`),
 * bytes, a Blob, any source of bytes, a checkpoint that is open, or one with its config, as `openFolder` of
 * `@tfjs-moe/checkpoints/node` gives it.
 */
export type ModelSource =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ByteSource
  | Checkpoint
  | OpenModel;

/** Opens a model, wherever it comes from. */
export async function openModel(source: ModelSource, config?: object): Promise<OpenModel> {
  const given = config === undefined ? {} : { config };
  if (typeof source === 'string' || source instanceof URL) return openUrl(source, config);
  if (source instanceof Uint8Array || source instanceof ArrayBuffer)
    return { checkpoint: await openSafetensors(bytesSource(source)), ...given };
  if (typeof Blob !== 'undefined' && source instanceof Blob)
    return { checkpoint: await openSafetensors(blobSource(source)), ...given };
  const kinds = Object(source) as Partial<OpenModel & Checkpoint & ByteSource>;
  if (kinds.checkpoint !== undefined) return { ...(source as OpenModel), ...given };
  if (Array.isArray(kinds.names)) return { checkpoint: source as Checkpoint, ...given };
  if (typeof kinds.size === 'number' && typeof kinds.read === 'function')
    return { checkpoint: await openSafetensors(source as ByteSource), ...given };
  throw new MoeError('openModel', 'a model must be a URL, bytes, a Blob, a source or a checkpoint', source);
}

async function openUrl(given: string | URL, config: object | undefined): Promise<OpenModel> {
  const base = typeof location === 'undefined' ? undefined : location.href;
  const url = urlOf(given, base);
  const beside = (name: string) => new URL(`${name}${url.search}`, url);
  const { pathname } = url;
  if (pathname.endsWith('.safetensors'))
    return {
      checkpoint: await openSafetensors(await urlSource(url)),
      config: config ?? (await jsonAt(beside('config.json'))),
    };
  if (!pathname.endsWith('.json')) {
    const folder = new URL(url);
    if (!pathname.endsWith('/')) folder.pathname += '/';
    const inFolder = (name: string) => new URL(`${name}${url.search}`, folder);
    const index = inFolder('model.safetensors.index.json');
    return openUrl((await isThere(index)) ? index : inFolder('model.safetensors'), config);
  }
  const checkpoint = await openShards(await bytesAt(url), (file) => urlSource(beside(file)));
  return { checkpoint, config: config ?? (await jsonAt(beside('config.json'))) };
}

function urlOf(given: string | URL, base: string | undefined): URL {
  try {
    const url = new URL(given, base);
    if (url.protocol === 'file:') throw new Error('file');
    return url;
  } catch {
    const hint = 'a path is opened by openFolder of @tfjs-moe/checkpoints/node';
    throw new MoeError('openModel', `a text must be a URL; ${hint}`, String(given));
  }
}

async function isThere(url: URL): Promise<boolean> {
  const answer = await fetch(url, { method: 'HEAD' }).catch(() => undefined);
  return answer?.ok === true;
}

async function jsonAt(url: URL): Promise<object | undefined> {
  const answer = await fetch(url).catch(() => undefined);
  if (!answer?.ok) {
    await answer?.body?.cancel();
    return undefined;
  }
  const json: unknown = await answer.json().catch(() => undefined);
  return typeof json === 'object' && json !== null ? json : undefined;
}

async function bytesAt(url: URL): Promise<ByteSource> {
  const name = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  const answer = await fetch(url);
  if (!answer.ok) throw new MoeError(name, 'the index could not be read', answer.status);
  return bytesSource(await answer.arrayBuffer(), name);
}
