import { resolve } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type {
  ChangedCheckpoint,
  ChangedCheckpointOptions,
  FamilyName,
  OpenModel,
} from '@tfjs-moe/checkpoints';
import { writeFolder } from '@tfjs-moe/checkpoints/node';
import type { Checkpoint } from '@tfjs-moe/checkpoints/safetensors';
import type { Given, OptionTable } from '@tfjs-moe/command-line';
import { expectOtherFolder, openedModel } from './opened-model.ts';
import { changeLine } from './saved-surgery.ts';
import type { SurgeryPlace, Told } from './surgery-place.ts';

/** What operations on checkpoints share. */
export interface OnCheckpoint extends ChangedCheckpointOptions {
  readonly hiddenStates?: Checkpoint;
  readonly family?: FamilyName;
}

/** What a command does to a checkpoint of a published model. */
export interface CheckpointSurgery<Options extends OptionTable> {
  readonly name: string;
  operateOnCheckpoint(
    model: OpenModel,
    shared: OnCheckpoint,
    given: Given<Options>,
  ): Promise<ChangedCheckpoint>;
}

/** Bytes of a file where a model has several, as transformers writes them. */
const SHARD = 5_000_000_000;

/** Opens a checkpoint, changes its mixtures, and writes another while it is read. */
export async function operateOnCheckpoint<Options extends OptionTable>(
  surgery: CheckpointSurgery<Options>,
  { folder, out, path, progress, who }: SurgeryPlace,
  common: {
    readonly hidden?: string | undefined;
    readonly family?: FamilyName | undefined;
    readonly 'max-shard-bytes'?: number | undefined;
  },
  given: Given<Options>,
): Promise<Told> {
  progress.reach(`reading ${path}`);
  const model = await openedModel(who, resolve(path), path);
  expectOtherFolder(who, resolve(path), folder, out);
  const { family, hidden } = common;
  const states = hidden === undefined ? undefined : await openedModel(who, resolve(hidden), hidden);
  const isSharded = model.checkpoint.name.endsWith('.json');
  const maxShardBytes = common['max-shard-bytes'] ?? (isSharded ? SHARD : undefined);
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const done = await surgery.operateOnCheckpoint(
    model,
    {
      ...(states !== undefined && { hiddenStates: states.checkpoint }),
      ...(family !== undefined && { family }),
      ...(maxShardBytes !== undefined && { maxShardBytes }),
      onLayer: (layer, at, of) => progress.reach(`${surgery.name}: layer ${layer}, ${at + 1} of ${of}`),
    },
    given,
  );
  progress.reach(`writing ${out}`);
  await writeFolder(folder, done.files, { who, what: '--out' });
  const files = [...done.files.keys()];
  const { layers, optimiserState } = done;
  return { json: { files, layers, optimiserState }, text: textOf(done, files) };
}

function textOf({ layers, optimiserState }: ChangedCheckpoint, files: readonly string[]): string {
  const lines = layers.map(({ layer, receipt, ...result }) => {
    const what = ['kept', 'groups'].flatMap((each) =>
      each in result ? [`${each} ${JSON.stringify(result[each as keyof typeof result])}`] : [],
    );
    const change =
      receipt === undefined
        ? `layer ${layer} changes by what is not known`
        : changeLine(`layer ${layer}`, 'tokens', receipt);
    return [change, ...what].join('; ');
  });
  return [...lines, `state of the optimiser: ${optimiserState}`, `in ${files.join(', ')}`].join('\n');
}
