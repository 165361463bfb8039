import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MoeError } from '@tfjs-moe/core';
import { fileError, machineError } from '../writing/failure.ts';
import { type FileSystem, nodeFileSystem } from '../writing/file-system.ts';
import { writeAll } from '../writing/write-all.ts';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.ts';

/** A file that says that its owner is at work. */
export interface Lock {
  /** @throws MoeError where another process has taken it meanwhile, because this one had been still for too long */
  expectHeld(): void;
  release(): void;
}

/** What a lock is called in errors, and what tests set. */
export interface LockOptions {
  /** What is at work, in errors: `a run of this study`. */
  readonly what: string;
  /** Said while it is watched whether an owner that cannot be seen is alive. */
  onWait?(said: string): void;
  /** Ends the watching. */
  readonly signal?: AbortSignal | undefined;
  /** Stands in for this process, for time and for files, in tests. */
  readonly own?: ProcessIdentity;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  readonly files?: FileSystem;
}

/** Milliseconds between two signs of life of an owner, and without any until it counts as dead. */
const BEAT = 5_000;
const PATIENCE = 30_000;
const LOOK = 1_000;

interface Owner extends ProcessIdentity {
  /** Tells two locks of one process apart. */
  readonly token: string;
  readonly since: string;
}

/**
 * Takes a lock, at once where nobody has it or its owner on this machine is dead. An owner elsewhere cannot be seen, so it
 * touches its lock every five seconds, which needs no clocks that agree: half a minute without is dead.
 * @returns nothing where the signal came first
 * @throws MoeError where the owner is alive
 */
export async function takeLock(who: string, path: string, options: LockOptions): Promise<Lock | undefined> {
  const { what, onWait, signal, own = thisProcess(), wait = sleep, files = nodeFileSystem } = options;
  const me: Owner = { ...own, token: randomBytes(8).toString('hex'), since: new Date().toISOString() };
  while (!signal?.aborted) {
    if (told(who, path, () => created(files, path, me))) return held(who, path, me, files);
    const seen = told(who, path, () => look(files, path));
    if (seen === undefined) continue;
    const owner = ownerOf(seen.text);
    let alive = owner && isRunning(owner, own);
    if (alive === undefined) {
      onWait?.(`watching for up to half a minute whether ${describe(owner)} is alive, whose lock is ${path}`);
      for (let waited = 0; waited < PATIENCE && alive === undefined && !signal?.aborted; waited += LOOK) {
        await wait(LOOK);
        const now = told(who, path, () => look(files, path));
        if (now === undefined) alive = false;
        else if (now.modified !== seen.modified || now.text !== seen.text) alive = true;
      }
      if (signal?.aborted) break;
    }
    if (alive) {
      const rule = `${what} is at work already: ${describe(owner)}. Wait for it, end it, or give another --out`;
      throw new MoeError(who, `${rule}; its lock is ${path}`);
    }
    told(who, path, () => remove(files, path, seen.text));
  }
  return undefined;
}

function told<T>(who: string, path: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw fileError(who, 'the lock cannot be written', path, 'writing', cause);
  }
}

/** Makes the file, unless it is there: no two processes can. */
function created(files: FileSystem, path: string, me: Owner): boolean {
  let file: number;
  try {
    file = files.openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeAll(files, file, `${JSON.stringify(me)}\n`);
  } catch (error) {
    files.unlinkSync(path);
    throw error;
  } finally {
    files.closeSync(file);
  }
  return true;
}

interface Seen {
  readonly text: string;
  readonly modified: number;
}

/** Opened anew, since network file systems ask their server only then. */
function look(files: FileSystem, path: string): Seen | undefined {
  try {
    const file = files.openSync(path, 'r');
    try {
      const { mtimeMs: modified } = files.fstatSync(file);
      return { text: Buffer.from(files.readFileSync(file)).toString(), modified };
    } finally {
      files.closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Takes a dead owner's lock away. Another process may have done so, and have a lock of its own: that one is put back. */
function remove(files: FileSystem, path: string, dead: string): void {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    files.renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (look(files, aside)?.text === dead) files.unlinkSync(aside);
  else files.renameSync(aside, path);
}

function held(who: string, path: string, me: Owner, files: FileSystem): Lock {
  const isMine = () => {
    try {
      return ownerOf(look(files, path)?.text ?? '')?.token === me.token;
    } catch {
      return false;
    }
  };
  const beat = setInterval(() => {
    const now = new Date();
    try {
      if (isMine()) files.utimesSync(path, now, now);
    } catch {
      // The next one may come through; without any, `expectHeld` tells.
    }
  }, BEAT);
  beat.unref();
  const release = () => {
    clearInterval(beat);
    process.off('exit', release);
    try {
      if (isMine()) files.unlinkSync(path);
    } catch {
      // What is left is a dead owner's, which the next run takes away.
    }
  };
  process.on('exit', release);
  return {
    expectHeld() {
      if (!isMine()) throw machineError(who, `another process has taken ${path}; this run ends`);
    },
    release,
  };
}

function ownerOf(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner;
    return typeof owner?.token === 'string' && Number.isInteger(owner.pid) && owner.pid > 0
      ? owner
      : undefined;
  } catch {
    return undefined;
  }
}

function describe(owner: Owner | undefined): string {
  if (owner === undefined) return 'an unknown process';
  return `process ${owner.pid} on ${owner.host}, since ${owner.since}`;
}
