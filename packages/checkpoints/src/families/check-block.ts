import type { Checkpoint, TensorInfo } from '../safetensors/index.ts';
import { wrongAt } from '../safetensors/place.ts';
import type { BlockSizes } from './block-sizes.ts';
import { families } from './families.ts';
import type { Family } from './family.ts';
import { type BlockAddress, findLayout, type NamedLayout } from './find-layout.ts';
import { type Layout, piecesOf } from './pieces.ts';
import { factorsOf, storedTensors } from './stored-tensors.ts';

/** A block of a file that has all tensors that it must have, in the right shapes, and no others. */
export interface CheckedBlock {
  readonly layout: Layout;
  readonly sizes: BlockSizes;
}

/**
 * Finds a block and holds it to its family: by the names of the tensors, then by their shapes. What is missing, too much or
 * of another shape or dtype is listed in one error.
 */
export async function checkBlock(checkpoint: Checkpoint, address: BlockAddress): Promise<CheckedBlock> {
  const family = families[address.family];
  const named = findLayout(checkpoint, address);
  const infoOf = async (name: string) => (checkpoint.has(name) ? checkpoint.info(name) : undefined);
  const router = await checkpoint.info(named.router);
  const [experts, features] = router.shape;
  if (router.shape.length !== 2 || experts! < 1 || features! < 1)
    throw wrongAt({ file: checkpoint.name, tensor: router.name }, 'a router must be [E, D]', router.shape);
  const { isTransposed, hiddenUnits } = await expertShapes(family, named, features!, infoOf);
  const sharedHiddenUnits = await sharedUnits(family, named, infoOf);
  const layout = { ...named, isTransposed };
  const sizes = { experts: experts!, features: features!, hiddenUnits, sharedHiddenUnits };
  await expectTensors(checkpoint, family, layout, sizes);
  return { layout, sizes };
}

type InfoOf = (name: string) => Promise<TensorInfo | undefined>;

/**
 * The hidden units of the experts, and whether fused kernels are [in, out]: the one way in which both kernels fit. One of
 * them alone may be square and fit both ways.
 */
async function expertShapes(
  family: Family,
  { name, prefix, fused }: NamedLayout,
  D: number,
  infoOf: InfoOf,
): Promise<{ isTransposed: boolean; hiddenUnits: number }> {
  const isTransposed = name === 'fused' && family.isTransposed === true;
  if (name === 'perExpert') {
    const { up, down } = family.perExpert!;
    const one = (await infoOf(`${prefix}experts.0.${up}.weight`))?.shape[0];
    return {
      isTransposed,
      hiddenUnits: one ?? (await infoOf(`${prefix}experts.0.${down}.weight`))?.shape[1] ?? 0,
    };
  }
  const [, a, b] = (await infoOf(prefix + fused.gateUp))?.shape ?? [];
  const [, c, d] = (await infoOf(prefix + fused.down))?.shape ?? [];
  if (name === 'mxfp4') {
    const [, rows] = (await infoOf(`${prefix}${fused.gateUp}_blocks`))?.shape ?? [];
    return { isTransposed, hiddenUnits: Math.floor((rows ?? 0) / 2) };
  }
  const fitsPlain = b === D && c === D && d! * 2 === a;
  const fitsTransposed = a === D && d === D && c! * 2 === b;
  if (fitsPlain !== fitsTransposed) return { isTransposed: fitsTransposed, hiddenUnits: fitsPlain ? d! : c! };
  // Neither, or one is not there: what the family has is what they are held to.
  return { isTransposed, hiddenUnits: Math.floor((isTransposed ? (b ?? 2 * c!) : (a ?? 2 * d!)) / 2) || 0 };
}

async function sharedUnits(
  { shared }: Family,
  { layerPrefix, prefix }: NamedLayout,
  infoOf: InfoOf,
): Promise<number | undefined> {
  if (shared === undefined) return undefined;
  const at = (shared.isOutside ? layerPrefix : prefix) + shared.down;
  const units = (await infoOf(at))?.shape[1];
  if (units !== undefined) return units;
  const other = (await infoOf((shared.isOutside ? layerPrefix : prefix) + (shared.up ?? shared.gateUp!)))
    ?.shape[0];
  if (other !== undefined) return shared.gateUp === undefined ? other : Math.floor(other / 2);
  return shared.isOptional ? undefined : 0;
}

async function expectTensors(
  checkpoint: Checkpoint,
  family: Family,
  layout: Layout,
  sizes: BlockSizes,
): Promise<void> {
  const all = Array.from({ length: sizes.experts }, (_, e) => e);
  const stored = storedTensors(piecesOf(family, layout, sizes, all));
  const problems: string[] = [];
  const known = new Set<string>();
  const show = (shape: readonly number[]) => `[${shape.join(', ')}]`;
  const isUnknown = (shape: readonly number[]) => shape.includes(0);
  for (const tensor of stored) {
    const factors = factorsOf(tensor);
    const wanted = checkpoint.has(factors.name) && tensor.shape.length === 2 ? [tensor, factors] : [tensor];
    for (const { name, shape } of wanted) {
      known.add(name);
      if (!checkpoint.has(name)) {
        problems.push(`${name} is missing${isUnknown(shape) ? '' : `, ${show(shape)}`}`);
        continue;
      }
      const info = await checkpoint.info(name);
      if (info.shape.join() !== shape.join())
        problems.push(`${name} must be ${show(shape)} and is ${show(info.shape)}`);
      const isPacked = /_(blocks|scales)$/.test(name);
      if (isPacked ? !['U8', 'F8_E8M0'].includes(info.dtype) : !/^(F(?!6|4)|BF)/.test(info.dtype))
        problems.push(
          `${name} must hold ${isPacked ? 'bytes' : 'floating-point numbers'} and is ${info.dtype}`,
        );
    }
  }
  const outside = family.shared?.isOutside ? [family.shared.gateUp!, family.shared.down] : [];
  const folders = [layout.prefix, ...outside.map((name) => layout.layerPrefix + name.split('.')[0]!)];
  for (const name of checkpoint.names)
    if (folders.some((folder) => name.startsWith(folder)) && !known.has(name))
      problems.push(`${name} does not belong there`);
  if (problems.length === 0) return;
  const what = `wrong tensors in ${layout.prefix.slice(0, -1)}`;
  throw wrongAt({ file: checkpoint.name }, `${what}: ${problems.join('; ')}`);
}
