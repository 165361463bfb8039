import { resolve } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type ChangedModel, modelFiles, type Receipt } from '@tfjs-moe/checkpoints';
import { writeFolder } from '@tfjs-moe/checkpoints/node';
import {
  expectOutputFolder,
  type Given,
  type OptionTable,
  optionHelp,
  readOptions,
  text,
  type Valued,
} from '@tfjs-moe/command-line';
import type { Command } from '../command.ts';
import { stepProgress } from '../step-progress.ts';
import { modelInputs } from './model-inputs.ts';
import { expectOtherFolder, savedModel } from './opened-model.ts';

const shared = {
  inputs: {
    value: 'FILE',
    about:
      'inputs like those that the model will see: a .csv with a row for each and a column for each feature, or a .safetensors file with a tensor for each input of the model',
    read: text,
  },
  out: {
    value: 'FOLDER',
    about: 'where model.json and weights.bin go; made where it is not there',
    read: text,
  },
  json: { about: 'what was done and by how much it changes the model, as JSON' },
} as const satisfies OptionTable;

/** Which mixture, for what is done to one that is there. */
export const layerOption: Valued<string> = {
  value: 'NAME',
  about: 'the mixture, where the model has several',
  read: text,
};

/** What `moe prune`, `moe merge` and `moe upcycle` do not share. */
export interface Surgery<Options extends OptionTable> {
  /** The word after `moe`. */
  readonly name: string;
  /** What the help says above the options. */
  readonly help: string;
  /** The option without which there is nothing to do. */
  readonly needs: keyof Options & string;
  readonly options: Options;
  /** Does it. What it returns beside the model is told: groups of experts, or those that stay. */
  operate(
    artifacts: tf.io.ModelArtifacts,
    inputs: readonly tf.Tensor[],
    given: Given<Options>,
  ): Promise<ChangedModel & { readonly result?: object }>;
}

/** A command that changes a mixture in a saved model and writes another one. */
export function surgeryCommand<Options extends OptionTable>(surgery: Surgery<Options>): Command {
  const { name, help: about, needs, options: own } = surgery;
  const who = `moe ${name}`;
  const options = { ...own, ...shared };
  const usage =
    () => `usage: ${who} MODEL --${needs} ${own[needs]!.value} --inputs FILE --out FOLDER [options]

${about}

MODEL is what tf.LayersModel.save has written: a model.json, or the folder with it. All of it but the mixture stays, bit for bit;
the optimiser that was saved with it stays too, without what it had learnt. Both files are on the disk before the first gets its
name.

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
      const { inputs, json, out } = given as Given<typeof shared>;
      const needed = (given as unknown as Given<Options>)[needs];
      const [path, ...stray] = words;
      if (path === undefined || stray.length > 0 || needed === undefined || !inputs || !out) {
        terminal.errors.write(usage());
        return 2;
      }
      const folder = resolve(out);
      expectOutputFolder(who, '--out', folder, out);
      const progress = stepProgress(terminal.errors);
      try {
        progress.reach(`reading ${path}`);
        const artifacts = await savedModel(who, resolve(path), path);
        expectOtherFolder(who, resolve(path), folder, out);
        const x = await modelInputs(who, inputs);
        progress.reach(`${name}: comparing over ${x[0]?.shape[0] ?? 0} inputs`);
        tf.enableProdMode();
        await tf.setBackend('cpu');
        const done = await surgery.operate(artifacts, x, given as unknown as Given<Options>);
        tf.dispose(x);
        progress.reach(`writing ${out}`);
        await writeFolder(folder, modelFiles(done.artifacts), { who, what: '--out' });
        progress.stop();
        const { layer, model, receipt, result = {} } = done;
        const told = { layer, ...result, receipt, model };
        terminal.output.write(`${json ? JSON.stringify(told) : textOf(told)}\n`);
        return 0;
      } finally {
        progress.stop();
      }
    },
  };
}

function textOf(told: { layer: string; receipt: Receipt; model: Receipt } & Record<string, unknown>): string {
  const { layer, model, receipt, ...result } = told;
  const line = (what: string, of: string, { largestChange, largestOutput, tokens }: Receipt) =>
    `${what} changes by ${largestChange.toPrecision(3)} at most, of outputs up to ${largestOutput.toPrecision(3)}, over ${tokens} ${of}`;
  return [
    line(`mixture ${layer}`, 'tokens', receipt),
    line('the model', 'inputs', model),
    ...['kept', 'groups'].flatMap((each) =>
      each in result ? [`${each}: ${JSON.stringify(result[each])}`] : [],
    ),
    `state of the optimiser: ${receipt.optimiserState}`,
  ].join('\n');
}
