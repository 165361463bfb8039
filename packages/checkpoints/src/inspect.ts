/** What lies in a checkpoint: `@tfjs-moe/checkpoints/inspect`, which needs no TensorFlow.js. */
import { MoeError } from '@tfjs-moe/core';
import { checkBlock } from './families/check-block.ts';
import { fittingFamilies } from './families/detect-family.ts';
import type { FamilyName, LayoutName } from './families/family.ts';
import { mixtureLayers } from './families/mixture-layers.ts';
import { type Checkpoint, type Dtype, floatsOf } from './safetensors/index.ts';

export { familyNames } from './families/families.ts';

/** What is known of a checkpoint without loading it. */
export interface Inspection {
  readonly tensors: number;
  readonly bytes: number;
  /** Number of tensors of each dtype. */
  readonly dtypes: Readonly<Partial<Record<Dtype, number>>>;
  /** The mixture-of-experts blocks, in the order of their layers. */
  readonly blocks: readonly InspectedBlock[];
}

/** A mixture-of-experts block of a checkpoint. */
export interface InspectedBlock {
  readonly layer: number;
  /** Families whose tensors these are: one where a config names it, several where names alone do not tell. */
  readonly families: readonly FamilyName[];
  /** Why no family fits; absent where one does. */
  readonly problem?: string;
  readonly layout?: LayoutName;
  readonly experts?: number;
  readonly features?: number;
  readonly hiddenUnits?: number;
  readonly sharedHiddenUnits?: number | undefined;
  /** Lengths of the rows of the router: how readily it chooses, and how alike its experts are to it. */
  readonly routerNorms?: { readonly least: number; readonly mean: number; readonly largest: number };
}

/**
 * Looks into a checkpoint: its dtypes and sizes, and of every mixture-of-experts block the families that it fits, its sizes and
 * the norms of its router. Headers and routers are read, experts are not.
 *
 * @param config the model's `config.json`, by whose `model_type` the family is known
 */
export async function inspectCheckpoint(checkpoint: Checkpoint, config?: object): Promise<Inspection> {
  const dtypes: Partial<Record<Dtype, number>> = {};
  let bytes = 0;
  for (const name of checkpoint.names) {
    const { dtype, begin, end } = await checkpoint.info(name);
    dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
    bytes += end - begin;
  }
  const blocks: InspectedBlock[] = [];
  for (const layer of mixtureLayers(checkpoint)) blocks.push(await inspectBlock(checkpoint, layer, config));
  return { tensors: checkpoint.names.length, bytes, dtypes, blocks };
}

async function inspectBlock(
  checkpoint: Checkpoint,
  layer: number,
  config: object | undefined,
): Promise<InspectedBlock> {
  const fitting = await fittingFamilies(checkpoint, layer, undefined, config);
  const [family] = fitting;
  if (family === undefined) return { layer, families: [], problem: 'its tensors are those of no family' };
  try {
    const { layout, sizes } = await checkBlock(checkpoint, { family, layer });
    const router = floatsOf(await checkpoint.read(layout.router));
    const norms = Array.from({ length: sizes.experts }, (_, e) =>
      Math.hypot(...router.subarray(e * sizes.features, (e + 1) * sizes.features)),
    );
    const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
    const routerNorms = { least: Math.min(...norms), mean, largest: Math.max(...norms) };
    return { layer, families: fitting, layout: layout.name, ...sizes, routerNorms };
  } catch (error) {
    if (!(error instanceof MoeError)) throw error;
    return { layer, families: [], problem: error.message };
  }
}
