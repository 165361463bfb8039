import * as node from 'node:fs';

/**
 * The calls that writing needs of a file system, as `node:fs` has them: where tests put short writes, full disks and
 * broken ones that no machine shows on demand.
 */
export interface FileSystem {
  openSync(path: string, flags: string, mode?: number): number;
  closeSync(file: number): void;
  /** May write less than it was given, and says how much. */
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number): number;
  readFileSync(path: string | number): Uint8Array;
  ftruncateSync(file: number, length: number): void;
  fsyncSync(file: number): void;
  fchmodSync(file: number, mode: number): void;
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  utimesSync(path: string, accessed: Date, modified: Date): void;
  mkdirSync(path: string, options: { readonly recursive: true }): unknown;
  statSync(path: string): node.Stats;
  fstatSync(file: number): node.Stats;
  lstatSync(path: string): node.Stats;
  readlinkSync(path: string): string;
  realpathSync(path: string): string;
  accessSync(path: string, mode: number): void;
}

/** The file system of this machine. */
export const nodeFileSystem: FileSystem = node;
