/**
 * Safetensors files: a strict reader and a writer. `@tfjs-moe/checkpoints/safetensors` needs no TensorFlow.js.
 */
export { type ByteSource, blobSource, bytesSource, type FileHandleLike, fileSource } from './byte-source.ts';
export type { Checkpoint, TensorData } from './checkpoint.ts';
export { type CheckpointFiles, type CheckpointFilesOptions, checkpointFiles } from './checkpoint-files.ts';
export { type Dtype, dtypes } from './dtype.ts';
export type { TensorInfo } from './header.ts';
export { decodeMxfp4 } from './mxfp4.ts';
export { floatsOf, type Numbers, numbersOf, tensorData } from './numbers.ts';
export { openSafetensors } from './open-safetensors.ts';
export { type PlannedTensor, plannedFiles } from './planned-files.ts';
export { openShards } from './shards.ts';
export { type UrlSourceOptions, urlSource } from './url-source.ts';
export { type Metadata, safetensorsChunks, writeSafetensors } from './write-safetensors.ts';
