import { MoeError } from '@tfjs-moe/core';

/** Whose it is: 2 for what the user can mend, 1 for what the machine has to. */
type Status = 1 | 2;

/** What a file was wanted for. */
export type Purpose = 'reading' | 'writing';

/** Reasons by the system's code, in words that go on after a colon; where reading is said otherwise, both. */
const reasons: Readonly<Record<string, readonly [Status, string, reading?: string]>> = {
  EISDIR: [2, 'it is a folder'],
  ENOTDIR: [2, 'a part of the path is a file, not a folder'],
  EEXIST: [2, 'a part of the path is a file, not a folder'],
  ENOENT: [2, 'its folder is not there', 'there is no such file'],
  EACCES: [2, 'writing there is not permitted', 'reading it is not permitted'],
  EPERM: [2, 'writing there is not permitted', 'reading it is not permitted'],
  EROFS: [2, 'the file system is read-only'],
  ENAMETOOLONG: [2, 'the name is too long'],
  ERR_INVALID_ARG_VALUE: [2, 'a name cannot hold a NUL character'],
  ELOOP: [2, 'links lead in a circle'],
  EBUSY: [2, 'something else holds it'],
  ETXTBSY: [2, 'it is a program that runs'],
  ENXIO: [2, 'nobody is at the other end'],
  EPIPE: [2, 'its reader is gone'],
  ENODEV: [2, 'it is a device or a pipe'],
  ERR_FS_FILE_TOO_LARGE: [2, 'it is too large', 'it is larger than 2 GiB'],
  ERR_STRING_TOO_LONG: [2, 'it is too large', 'it is too large to be one text'],
  ENOSPC: [1, 'the disk is full'],
  EDQUOT: [1, 'the quota of the disk is used up'],
  EFBIG: [1, 'files may not be that large here'],
  EIO: [1, 'the disk does not answer'],
  EMFILE: [1, 'too many files are open'],
  ENFILE: [1, 'too many files are open'],
  ENOMEM: [1, 'there is no memory left'],
};

/**
 * What the system said of a file, as one line for people: `RULE: the disk is full (ENOSPC). Received: "data.csv".` What
 * did not come from the system is returned as it is.
 * @param rule what should have been, without a full stop
 * @param path as the user wrote it
 */
export function fileError(who: string, rule: string, path: string, purpose: Purpose, cause: unknown): Error {
  if (cause instanceof MoeError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause as Error;
  const [status, writing, reading = writing] = reasons[code] ?? [1, (cause as Error).message];
  const reason = purpose === 'reading' ? reading : writing;
  const error = new MoeError(who, `${rule}: ${reason} (${code})`, path);
  return Object.assign(error, { cause, exitStatus: status });
}

/** The machine's failure, in words of one's own. */
export function machineError(who: string, rule: string, cause?: unknown): MoeError {
  return Object.assign(new MoeError(who, rule), { cause, exitStatus: 1 });
}

/** The exit status that an error asks for: 2 where the user can mend it, 1 for everything else. */
export function exitStatusOf(error: unknown): number {
  if (!(error instanceof MoeError)) return 1;
  return (error as { exitStatus?: Status }).exitStatus ?? 2;
}
