import { convertedTensor } from '../convert/converted-tensor.ts';
import { families } from '../families/families.ts';
import { piecesOf } from '../families/pieces.ts';
import { factorsOf, storedTensors } from '../families/stored-tensors.ts';
import type { Checkpoint } from '../safetensors/index.ts';
import { wrongAt } from '../safetensors/place.ts';
import type { BlockOfModel } from './blocks-of-model.ts';
import { type RowTensor, tensorOfRows } from './row-tensor.ts';

/** The tensors of a block of which some experts are taken, in this order, and the names of those that it had. */
export interface TakenExperts {
  readonly gone: readonly string[];
  readonly tensors: readonly RowTensor[];
}

/**
 * Some experts of a block, with their rows of the router and of its biases, bit for bit, whatever their numbers are stored in.
 * @param parts which weights are taken: `gate/`, `expert/`, or both
 */
export async function takenExperts(
  checkpoint: Checkpoint,
  { family, layout, sizes }: BlockOfModel,
  experts: readonly number[],
  parts: readonly string[] = ['gate/', 'expert/'],
): Promise<TakenExperts> {
  const all = Array.from({ length: sizes.experts }, (_, e) => e);
  const pieces = piecesOf(families[family], layout, sizes, all).filter(({ views }) =>
    parts.some((part) => views[0]!.weight.startsWith(part)),
  );
  const folder = `${layout.prefix}experts.`;
  const isOfOne = (name: string) => name.startsWith(folder) && /^\d+\./.test(name.slice(folder.length));
  const stacked = storedTensors(pieces).filter(({ name }) => !isOfOne(name));
  const tensors: RowTensor[] = [];
  for (const { name, shape: wanted } of stacked) {
    const factors = factorsOf({ name, shape: wanted }).name;
    if (checkpoint.has(factors))
      throw wrongAt(
        { file: checkpoint.name, tensor: factors },
        'rows that share factors cannot be taken apart',
      );
    const { dtype, shape } = await checkpoint.info(name);
    if (shape[0] === 1 && shape.length === 2 && sizes.experts > 1)
      tensors.push({ name, dtype, shape: [1, experts.length], chunks: () => numbers(name) });
    else
      tensors.push(
        tensorOfRows(name, dtype, [experts.length, ...shape.slice(1)], async (at) => {
          const e = experts[at]!;
          return (await checkpoint.readRows(name, e, e + 1)).bytes;
        }),
      );
  }
  async function* numbers(name: string): AsyncIterable<Uint8Array> {
    for (const e of experts) yield (await checkpoint.readNumbers(name, e, e + 1)).bytes;
  }
  const own = parts.includes('expert/') ? checkpoint.names.filter(isOfOne) : [];
  for (const name of own) {
    const [, number, rest] = /^(\d+)(\..+)$/.exec(name.slice(folder.length))!;
    for (const [at, e] of experts.entries())
      if (e === Number(number)) {
        const tensor = await convertedTensor(checkpoint, name, undefined, true);
        tensors.push({ ...tensor, name: `${folder}${at}${rest}` });
      }
  }
  return { gone: [...stacked.map(({ name }) => name), ...own], tensors };
}
