import type { OpenModel } from '../open-model.ts';
import { type CheckpointFilesOptions, plannedFiles } from '../safetensors/index.ts';
import type { Receipt } from '../surgery/operated.ts';
import type { RowTensor } from './row-tensor.ts';

/** What became of one mixture of a checkpoint. */
export interface ChangedLayer {
  readonly layer: number;
  /** Of the routed experts as they are written, over the hidden states; absent where none were given. */
  readonly receipt?: Receipt;
}

/** A checkpoint of which the mixtures were changed. */
export interface ChangedCheckpoint<Layer extends ChangedLayer = ChangedLayer> {
  /** The content of every file by its name, with `config.json`, for `writeFolder`: made while it is written. */
  readonly files: ReadonlyMap<string, AsyncIterable<Uint8Array>>;
  readonly layers: readonly Layer[];
  /** Checkpoints hold weights alone: what an optimiser learnt lies elsewhere, and belongs to weights of other shapes. */
  readonly optimiserState: 'dropped';
}

/** What operations on checkpoints share. */
export interface ChangedCheckpointOptions extends CheckpointFilesOptions {
  /** Told which layer is looked at, before it is. */
  readonly onLayer?: (layer: number, at: number, of: number) => void;
}

/** The files of changed tensors, and their config. */
export function changedFiles(
  { checkpoint }: OpenModel,
  tensors: ReadonlyMap<string, RowTensor>,
  config: object | undefined,
  { maxShardBytes, metadata }: CheckpointFilesOptions,
): ReadonlyMap<string, AsyncIterable<Uint8Array>> {
  const texts = metadata ?? (checkpoint.metadata.size > 0 ? checkpoint.metadata : undefined);
  const files = new Map(
    plannedFiles(tensors.values(), {
      ...(maxShardBytes !== undefined && { maxShardBytes }),
      ...(texts !== undefined && { metadata: texts }),
    }),
  );
  if (config !== undefined) files.set('config.json', jsonOf(config));
  return files;
}

async function* jsonOf(config: object): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`);
}

/** A config with other values, where its text's config stands; a number that it has as a list stays one. */
export function withSettings(
  config: object | undefined,
  settings: Readonly<Record<string, unknown>>,
): object | undefined {
  if (config === undefined) return undefined;
  const whole = structuredClone(config) as Record<string, unknown>;
  const text = whole.text_config;
  const own = (typeof text === 'object' && text !== null ? text : whole) as Record<string, unknown>;
  for (const [key, value] of Object.entries(settings)) {
    const old = own[key];
    own[key] = Array.isArray(old) && !Array.isArray(value) ? old.map(() => value) : value;
  }
  return whole;
}

/** How far one output is from another, number by number. */
export function receiptBetween(before: Float32Array, after: Float32Array, tokens: number): Receipt {
  let [largestChange, largestOutput] = [0, 0];
  before.forEach((old, i) => {
    const change = Math.abs(after[i]! - old);
    // NaN is no number that is larger, and must not be lost.
    if (!(change <= largestChange)) largestChange = change;
    if (!(Math.abs(old) <= largestOutput)) largestOutput = Math.abs(old);
  });
  return { largestChange, largestOutput, tokens, optimiserState: 'dropped' };
}
