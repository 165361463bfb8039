import { resolve } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type ChangedModel, modelFiles, type Receipt } from '@tfjs-moe/checkpoints';
import { writeFolder } from '@tfjs-moe/checkpoints/node';
import type { Given, OptionTable } from '@tfjs-moe/command-line';
import { modelInputs } from './model-inputs.ts';
import { expectOtherFolder, savedModel } from './opened-model.ts';
import type { SurgeryPlace, Told } from './surgery-place.ts';

/** What a command does to a saved model. */
export interface SavedSurgery<Options extends OptionTable> {
  readonly name: string;
  /** What it returns beside the model is told: groups of experts, or those that stay. */
  operate(
    artifacts: tf.io.ModelArtifacts,
    inputs: readonly tf.Tensor[],
    given: Given<Options>,
  ): Promise<ChangedModel & { readonly result?: object }>;
}

/** Reads a saved model, changes the mixture in it and writes another. */
export async function operateOnSaved<Options extends OptionTable>(
  { name, operate }: SavedSurgery<Options>,
  { folder, out, path, progress, who }: SurgeryPlace,
  inputs: string,
  given: Given<Options>,
): Promise<Told> {
  progress.reach(`reading ${path}`);
  const artifacts = await savedModel(who, resolve(path), path);
  expectOtherFolder(who, resolve(path), folder, out);
  const x = await modelInputs(who, inputs);
  progress.reach(`${name}: comparing over ${x[0]?.shape[0] ?? 0} inputs`);
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const { layer, model, receipt, result = {}, artifacts: after } = await operate(artifacts, x, given);
  tf.dispose(x);
  progress.reach(`writing ${out}`);
  await writeFolder(folder, modelFiles(after), { who, what: '--out' });
  const told = { layer, ...result, receipt, model };
  return { json: told, text: textOf(told) };
}

function textOf(told: { layer: string; receipt: Receipt; model: Receipt } & Record<string, unknown>): string {
  const { layer, model, receipt, ...result } = told;
  return [
    changeLine(`mixture ${layer}`, 'tokens', receipt),
    changeLine('the model', 'inputs', model),
    ...['kept', 'groups'].flatMap((each) =>
      each in result ? [`${each}: ${JSON.stringify(result[each])}`] : [],
    ),
    `state of the optimiser: ${receipt.optimiserState}`,
  ].join('\n');
}

/** By how much something changes, as a line. */
export function changeLine(
  what: string,
  of: string,
  { largestChange, largestOutput, tokens }: Receipt,
): string {
  return `${what} changes by ${largestChange.toPrecision(3)} at most, of outputs up to ${largestOutput.toPrecision(3)}, over ${tokens} ${of}`;
}
