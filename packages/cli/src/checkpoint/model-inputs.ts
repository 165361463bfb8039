import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { bytesSource, floatsOf, openSafetensors } from '@tfjs-moe/checkpoints/safetensors';
import { readBytes } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import { userTable } from '../user-table.ts';

/**
 * Inputs of a model from a file: of CSV every row is one, with a column for each feature; of safetensors every tensor is one
 * of the model's inputs, in the order of their names, with an example for each row.
 */
export async function modelInputs(who: string, file: string): Promise<tf.Tensor[]> {
  if (!file.endsWith('.safetensors')) return [fromTable(who, file)];
  const bytes = readBytes(who, '--inputs must be a file that can be read', resolve(file), file);
  const checkpoint = await openSafetensors(bytesSource(bytes, file));
  const names = [...checkpoint.names].sort();
  const tensors = await Promise.all(names.map((name) => checkpoint.read(name)));
  return tensors.map((tensor) => tf.tensor(floatsOf(tensor), [...tensor.shape]));
}

function fromTable(who: string, file: string): tf.Tensor {
  const { columns, size } = userTable(who, file);
  const values = columns.map((column) => {
    const hole = column.kind === 'number' ? column.values.findIndex(Number.isNaN) : 0;
    if (column.kind === 'number' && hole < 0) return column.values;
    const rule = `--inputs must hold numbers only, and row ${hole + 1} has none under`;
    throw new MoeError(who, rule, column.name);
  });
  const rows = Array.from({ length: size }, (_, row) => values.map((column) => column[row]!));
  return tf.tensor2d(rows, [size, columns.length]);
}
