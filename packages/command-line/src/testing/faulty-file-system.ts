import { type FileSystem, nodeFileSystem } from '../writing/file-system.ts';

/** What goes wrong. */
export interface Faults {
  /** Most bytes that one write takes. */
  readonly most?: number;
  /** Bytes that the disk has room for; a write that reaches the end is short, the next one fails with ENOSPC. */
  room?: number;
  /** Error codes by call, each thrown once, in order; what is undefined goes well. */
  readonly codes?: { readonly [Call in keyof FileSystem]?: (string | undefined)[] };
}

/** The file system of this machine with some faults, which can be changed while it is used. */
export function faultyFileSystem(faults: Faults): FileSystem {
  const calls = Object.entries(faulty(faults)) as [keyof FileSystem, (...args: never[]) => unknown][];
  return Object.fromEntries(
    calls.map(([name, call]) => [
      name,
      (...args: never[]) => {
        const code = faults.codes?.[name]?.shift();
        if (code !== undefined) throw Object.assign(new Error(`${code}: ${name}`), { code });
        return call(...args);
      },
    ]),
  ) as unknown as FileSystem;
}

function faulty(faults: Faults): FileSystem {
  const names: readonly (keyof FileSystem)[] = [
    ...(['openSync', 'closeSync', 'readFileSync', 'ftruncateSync', 'fsyncSync', 'fchmodSync'] as const),
    ...(['renameSync', 'unlinkSync', 'utimesSync', 'mkdirSync', 'statSync', 'fstatSync'] as const),
    ...(['lstatSync', 'readlinkSync', 'realpathSync', 'accessSync'] as const),
  ];
  return {
    ...(Object.fromEntries(names.map((name) => [name, nodeFileSystem[name]])) as unknown as FileSystem),
    writeSync(file, bytes, offset, length) {
      if (faults.room === 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      const taken = Math.min(length, faults.most ?? length, faults.room ?? length);
      if (faults.room !== undefined) faults.room -= taken;
      return nodeFileSystem.writeSync(file, bytes, offset, taken);
    },
  };
}
