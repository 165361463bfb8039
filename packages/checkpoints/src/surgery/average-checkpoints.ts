import { MoeError } from '@tfjs-moe/core';
import { type Checkpoint, floatsOf, type TensorData, tensorData } from '../safetensors/index.ts';

/**
 * The average of checkpoints of the same model, tensor by tensor: a soup of runs, or of one run's last steps. Integers must
 * be the same in all of them, and are kept.
 *
 * @param checkpoints with the same tensors in the same shapes and dtypes
 * @param shares one for each, of which any sum is made 1. Default: equal ones
 * @throws MoeError that lists all tensors that differ in name, shape or dtype
 */
export async function averageCheckpoints(
  checkpoints: readonly Checkpoint[],
  shares: readonly number[] = checkpoints.map(() => 1),
): Promise<TensorData[]> {
  const who = 'averageCheckpoints';
  const [first, ...others] = checkpoints;
  if (first === undefined) throw new MoeError(who, 'there must be a checkpoint');
  const sum = shares.reduce((all, share) => all + share, 0);
  if (shares.length !== checkpoints.length || !shares.every((share) => share >= 0) || !(sum > 0))
    throw new MoeError(who, 'shares must be one number of at least 0 for each, and not all 0', shares);
  const problems: string[] = [];
  for (const other of others) {
    for (const name of first.names) {
      if (!other.has(name)) {
        problems.push(`${name} is missing in ${other.name}`);
        continue;
      }
      const [a, b] = [await first.info(name), await other.info(name)];
      if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join())
        problems.push(
          `${name} is ${b.dtype} [${b.shape.join(', ')}] in ${other.name}, not ${a.dtype} [${a.shape.join(', ')}]`,
        );
    }
    problems.push(
      ...other.names.filter((name) => !first.has(name)).map((name) => `${name} is only in ${other.name}`),
    );
  }
  if (problems.length > 0)
    throw new MoeError(who, `the checkpoints must have the same tensors: ${problems.join('; ')}`);
  const averages: TensorData[] = [];
  for (const name of first.names) {
    const tensors = await Promise.all(checkpoints.map((each) => each.read(name)));
    averages.push(
      averageOfTensors(
        who,
        tensors,
        shares.map((share) => share / sum),
      ),
    );
  }
  return averages;
}

function averageOfTensors(
  who: string,
  tensors: readonly TensorData[],
  shares: readonly number[],
): TensorData {
  const [{ name, dtype, shape, bytes }] = tensors as [TensorData];
  if (/^(F(16|32|64)|BF16)$/.test(dtype)) {
    const all = tensors.map(floatsOf);
    const average = Float64Array.from(all[0]!, (_, i) =>
      all.reduce((sum, each, j) => sum + shares[j]! * each[i]!, 0),
    );
    return tensorData(name, dtype, shape, average);
  }
  const isSame = tensors.every((each) => each.bytes.every((byte, i) => byte === bytes[i]));
  if (isSame) return { name, dtype, shape, bytes };
  throw new MoeError(who, `${dtype} has no average, and the checkpoints differ in`, name);
}
