import { type CheckpointFilesOptions, filesOf } from './checkpoint-files.ts';
import { bytesOf, type Dtype } from './dtype.ts';
import { wrongAt } from './place.ts';
import { headerOf, inFileOrder } from './write-safetensors.ts';

/** A tensor whose bytes are made while it is written, some at a time. */
export interface PlannedTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Its bytes, in pieces one after the other. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * Tensors as the files of a checkpoint, as `checkpointFiles` has them, of which none is in memory: each tensor is asked for
 * its bytes when its turn has come, file by file.
 */
export function plannedFiles(
  tensors: Iterable<PlannedTensor>,
  options: CheckpointFilesOptions = {},
): ReadonlyMap<string, AsyncIterable<Uint8Array>> {
  const sized = [...tensors].map((tensor) => ({ tensor, name: tensor.name, size: sizeOf(tensor) }));
  return filesOf(sized, options, (shard, metadata) => written(shard, metadata), once);
}

type Sized = { readonly tensor: PlannedTensor; readonly size: number };

async function* written(
  shard: readonly Sized[],
  metadata: Parameters<typeof headerOf>[1],
): AsyncIterable<Uint8Array> {
  const sorted = inFileOrder(shard.map(({ tensor, size }) => ({ ...tensor, size })));
  yield headerOf(sorted, metadata);
  for (const { name, size, chunks } of sorted) {
    let done = 0;
    for await (const chunk of chunks()) {
      done += chunk.length;
      yield chunk;
    }
    if (done !== size)
      throw wrongAt({ file: 'plannedFiles', tensor: name }, `${size} bytes were planned`, done);
  }
}

function sizeOf({ name, dtype, shape }: PlannedTensor): number {
  const size = bytesOf(dtype, shape);
  if (typeof size === 'number') return size;
  throw wrongAt({ file: 'plannedFiles', tensor: name }, size);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
