import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process, among all machines, containers and boots. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Of the boot and of the space that process ids belong to; empty where the system does not tell. */
  readonly space: string;
  /** When it started, in the system's ticks; empty where the system does not tell. */
  readonly started: string;
}

export function thisProcess(): ProcessIdentity {
  const boot = told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const ids = told(() => readlinkSync('/proc/self/ns/pid'));
  return {
    pid: process.pid,
    host: hostname(),
    space: boot && ids ? `${boot} ${ids}` : '',
    started: startOf(process.pid),
  };
}

/**
 * Whether a process is still there. Process ids are used again, by the next container of a pod above all, so that its start
 * is compared too.
 * @returns nothing where it cannot be seen from here: another machine, another container, a system that does not tell
 */
export function isRunning(other: ProcessIdentity, own: ProcessIdentity = thisProcess()): boolean | undefined {
  if (other.host !== own.host || other.space !== own.space) return undefined;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = startOf(other.pid);
  return started === '' || other.started === '' ? undefined : started === other.started;
}

/** The 22nd word of what Linux says of a process; its name may hold blanks and brackets. */
function startOf(pid: number): string {
  return told(() => {
    const about = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return about.slice(about.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

function told(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
