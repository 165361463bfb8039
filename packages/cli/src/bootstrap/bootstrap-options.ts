import { availableParallelism } from 'node:os';
import { integer, type OptionTable, oneOf, readOptions, text } from '@tfjs-moe/command-line';
import type { BootstrapModel } from '@tfjs-moe/estimators';
import { expertsFor, type ModelOptions, modelOptions, modelTable } from '../fit/model-options.ts';
import { level } from '../level.ts';
import type { ReplicatesOptions } from '../replicates/run-replicates.ts';
import { threadTable } from '../tasks/thread-options.ts';

const WHO = 'moe bootstrap';

/** The words after `moe bootstrap`, checked. */
export interface BootstrapWords extends ReplicatesOptions, Required<BootstrapModel> {
  readonly model: ModelOptions;
  readonly experts: number;
  readonly json: boolean;
}

const table = {
  ...modelTable,
  replicates: {
    value: 'B',
    about: 'samples (default: 200); more of them go on from those there are',
    read: integer({ min: 2, max: 1_000_000 }),
  },
  kind: {
    value: 'WORD',
    about:
      'nonparametric (default): rows drawn again, of groups all of one; parametric: responses drawn from the fit',
    read: oneOf(['nonparametric', 'parametric']),
  },
  level: { value: 'LEVEL', about: 'of the intervals (default: 0.95)', read: level },
  seed: { ...modelTable.seed, about: 'decides the starts and the samples (default: 0)' },
  ...threadTable,
  out: {
    value: 'PATH',
    about: 'the replicates, by default bootstrap-out/TABLE-K-KIND-FINGERPRINT.jsonl',
    read: text,
  },
  json: { about: 'one JSON object on standard output' },
} as const;

/** What can be written after `moe bootstrap TABLE`. */
export const bootstrapOptionTable: OptionTable = table;

/** @returns nothing where the help was asked for */
export function bootstrapOptions(written: readonly string[]): BootstrapWords | undefined {
  const { given, words, help } = readOptions(WHO, written, table);
  if (help) return undefined;
  const model = modelOptions(WHO, given, words);
  const { experts = expertsFor(model), replicates = 200, kind = 'nonparametric', level: of95 = 0.95 } = given;
  const { workers = availableParallelism(), memory, out, json } = given;
  const { seed } = model;
  return { model, experts, replicates, kind, level: of95, seed, workers, memory, out, json };
}
