import { basename, extname, join, resolve } from 'node:path';
import { expectOutput } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { ModelOptions } from '../fit/model-options.ts';
import type { ReplicatesHeader } from './fingerprint.ts';

/** Refuses a place where no file of replicates can be, before anything is fitted. */
export function expectReplicatesPlace({ who, file }: ModelOptions, out: string | undefined): void {
  if (out === undefined) return;
  expectOutput(who, '--out', resolve(out), out, {
    inputs: { 'the table': resolve(file) },
    makesFolder: true,
    isKept: true,
  });
}

/**
 * The file of replicates, absolute: as given, or in a folder of the command.
 * @param what is done to the table, as a part of the name
 */
export function replicatesFile(
  out: string | undefined,
  folder: string,
  { table, fingerprint }: ReplicatesHeader,
  what: string,
): string {
  const name = `${basename(table, extname(table))}-${what}-${fingerprint.slice(0, 8)}.jsonl`;
  return resolve(out ?? join(folder, name));
}

/**
 * A line of such a file, whose number is believed.
 * @returns the line, and what refuses it by a rule
 */
export function replicateLine<Outcome extends object>(
  who: string,
  value: unknown,
  where: string,
): {
  readonly line: Partial<Record<keyof Outcome, unknown>>;
  readonly refuse: (rule: string, received: unknown) => MoeError;
} {
  const refuse = (rule: string, received: unknown) =>
    new MoeError(who, `${where} must be a replicate: ${rule}`, received);
  if (typeof value !== 'object' || value === null) throw refuse('an object', value);
  const { index } = value as { readonly index?: unknown };
  if (!Number.isSafeInteger(index) || (index as number) < 0)
    throw refuse('index must be an integer of at least 0', index);
  return { line: value as Partial<Record<keyof Outcome, unknown>>, refuse };
}
