import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { familyNames } from '@tfjs-moe/checkpoints/inspect';
import {
  expectOutputFolder,
  type Given,
  integer,
  type OptionTable,
  oneOf,
  optionHelp,
  readOptions,
  text,
  type Valued,
} from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { Command } from '../command.ts';
import { stepProgress } from '../step-progress.ts';
import { type CheckpointSurgery, operateOnCheckpoint } from './checkpoint-surgery.ts';
import { operateOnSaved, type SavedSurgery } from './saved-surgery.ts';

const shared = {
  inputs: {
    value: 'FILE',
    about:
      'of a saved model, inputs like those that it will see: a .csv with a row for each and a column for each feature, or a .safetensors file with a tensor for each input of the model',
    read: text,
  },
  hidden: {
    value: 'FILE',
    about:
      'of a checkpoint, what enters its mixtures: a .safetensors file with a tensor layers.N [..., features] for each layer',
    read: text,
  },
  family: {
    value: 'NAME',
    about: 'of a checkpoint, where neither config.json nor the names of tensors tell',
    read: oneOf(familyNames),
  },
  'max-shard-bytes': {
    value: 'N',
    about:
      'of a checkpoint, bytes of tensors in one file (default: one file, or 5000000000 where the model has several)',
    read: integer({ min: 1 }),
  },
  out: {
    value: 'FOLDER',
    about: 'where the files go; made where it is not there',
    read: text,
  },
  json: { about: 'what was done and by how much it changes the model, as JSON' },
} as const satisfies OptionTable;

/** Which mixture, for what is done to one that is there. */
export const layerOption: Valued<string> = {
  value: 'NAME',
  about: 'of a saved model, the mixture, where it has several',
  read: text,
};

/** What `moe prune`, `moe merge` and `moe upcycle` do not share. */
export interface Surgery<Options extends OptionTable>
  extends SavedSurgery<Options>,
    CheckpointSurgery<Options> {
  /** The word after `moe`. */
  readonly name: string;
  /** What the help says above the options. */
  readonly help: string;
  /** The option without which there is nothing to do. */
  readonly needs: keyof Options & string;
  readonly options: Options;
  /** Options that only saved models have, and those that only checkpoints have. */
  readonly only: { readonly saved: readonly string[]; readonly checkpoint: readonly string[] };
}

/** A command that changes mixtures in a saved model, or in a checkpoint of a published one, and writes another. */
export function surgeryCommand<Options extends OptionTable>(surgery: Surgery<Options>): Command {
  const { name, help: about, needs, only, options: own } = surgery;
  const who = `moe ${name}`;
  const options = { ...own, ...shared };
  const what = `${needs} ${own[needs]!.value}`;
  const usage = () => `usage: ${who} MODEL --${what} --inputs FILE --out FOLDER [options]
       ${who} CHECKPOINT --${what} --out FOLDER [--hidden FILE] [options]

${about}

MODEL is what tf.LayersModel.save has written: a model.json, or the folder with it. All of it but the mixture stays, bit for bit;
the optimiser that was saved with it stays too, without what it had learnt.

CHECKPOINT is a .safetensors file, a model.safetensors.index.json, or a folder with either and a config.json. All mixtures of it
are changed, one expert in memory at a time, and the number of experts in its config. Without --hidden weights alone decide, and
nothing tells by how much it changes. Tokenizers and the like are not copied.

All files are on the disk before the first gets its name.

${optionHelp(options)}
`;
  return {
    options,
    async run(written, terminal) {
      const { given, words, help } = readOptions(who, written, options);
      if (help) {
        terminal.output.write(usage());
        return 0;
      }
      const common = given as Given<typeof shared>;
      const needed = (given as unknown as Given<Options>)[needs];
      const [path, ...stray] = words;
      const isSaved = path !== undefined && isSavedModel(who, path);
      const isIncomplete = needed === undefined || !common.out || (isSaved && !common.inputs);
      if (path === undefined || stray.length > 0 || isIncomplete) {
        terminal.errors.write(usage());
        return 2;
      }
      const others = isSaved
        ? ['hidden', 'family', 'max-shard-bytes', ...only.checkpoint]
        : ['inputs', ...only.saved];
      const values = given as unknown as Readonly<Record<string, unknown>>;
      // A flag that was not given is false.
      const wrong = others.find((option) => (values[option] ?? false) !== false);
      if (wrong !== undefined)
        throw new MoeError(
          who,
          `--${wrong} is for ${isSaved ? 'checkpoints of published models' : 'models that tfjs has saved'}`,
          path,
        );
      const out = common.out!;
      const folder = resolve(out);
      expectOutputFolder(who, '--out', folder, out);
      const progress = stepProgress(terminal.errors);
      const place = { who, path, folder, out, progress };
      const all = given as unknown as Given<Options>;
      try {
        const told = isSaved
          ? await operateOnSaved(surgery, place, common.inputs!, all)
          : await operateOnCheckpoint(surgery, place, common, all);
        progress.stop();
        terminal.output.write(`${common.json ? JSON.stringify(told.json) : told.text}\n`);
        return 0;
      } finally {
        progress.stop();
      }
    },
  };
}

/** Whether a path is that of a model which tfjs has saved, and not of a checkpoint. */
function isSavedModel(who: string, path: string): boolean {
  const at = resolve(path);
  if (!isFolder(at)) return !/\.(safetensors|index\.json)$/.test(path);
  const has = (file: string) => existsSync(join(at, file));
  const isCheckpoint = has('model.safetensors') || has('model.safetensors.index.json');
  if (has('model.json') && isCheckpoint)
    throw new MoeError(
      who,
      'the folder has a model.json and a checkpoint; say which of them by its file',
      path,
    );
  return !isCheckpoint;
}

/** Where nothing can be, whoever reads the model says why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
