import { availableParallelism } from 'node:os';
import { integer, type OptionTable, readOptions, text } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { type ModelOptions, modelOptions, modelTable } from '../fit/model-options.ts';
import type { ReplicatesOptions } from '../replicates/run-replicates.ts';
import { threadTable } from '../tasks/thread-options.ts';

const WHO = 'moe test';

/** The words after `moe test`, checked. */
export interface TestOptions extends ReplicatesOptions {
  readonly model: ModelOptions;
  readonly experts: number;
  readonly against: number;
  readonly json: boolean;
}

const table = {
  ...modelTable,
  experts: {
    value: 'K',
    about: 'the number of experts that may be enough (default: 2)',
    read: integer({ min: 1 }),
  },
  starts: { ...modelTable.starts, about: 'climbs from different starts, of every fit (default: 10)' },
  seed: { ...modelTable.seed, about: 'decides the starts and the samples (default: 0)' },
  against: {
    value: 'K',
    about: 'the larger number that they are held against (default: one more)',
    read: integer({ min: 1 }),
  },
  replicates: {
    value: 'B',
    about: 'samples drawn from the smaller fit (default: 99); more of them go on from those there are',
    read: integer({ min: 1, max: 1_000_000 }),
  },
  ...threadTable,
  out: {
    value: 'PATH',
    about: 'the replicates, by default test-out/TABLE-K-against-K-FINGERPRINT.jsonl',
    read: text,
  },
  json: { about: 'one JSON object on standard output' },
} as const;

/** What can be written after `moe test TABLE`. */
export const testOptionTable: OptionTable = table;

/** @returns nothing where the help was asked for */
export function testOptions(written: readonly string[]): TestOptions | undefined {
  const { given, words, help } = readOptions(WHO, written, table);
  if (help) return undefined;
  const model = modelOptions(WHO, given, words);
  const { experts = 2, replicates = 99, workers = availableParallelism(), memory, out, json } = given;
  const { against = experts + 1 } = given;
  if (against <= experts)
    throw new MoeError(WHO, `--against must be more than --experts, ${experts}`, against);
  return { model, experts, against, replicates, workers, memory, out, json };
}
