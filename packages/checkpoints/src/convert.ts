/** A checkpoint in another dtype, layout or number of files: `@tfjs-moe/checkpoints/convert`, which needs no TensorFlow.js. */
import { expectKnownOptions, expectOneOf } from '@tfjs-moe/core';
import { type ConvertedDtype, convertedTensor } from './convert/converted-tensor.ts';
import { exactTensors } from './convert/exact-numbers.ts';
import { relaidBlock } from './convert/relaid-block.ts';
import { checkBlock } from './families/check-block.ts';
import { detectFamily } from './families/detect-family.ts';
import { families, familyNames } from './families/families.ts';
import type { FamilyName } from './families/family.ts';
import { mixtureLayers } from './families/mixture-layers.ts';
import type { WrittenLayout } from './families/written-layout.ts';
import { writtenLayouts } from './families/written-layout.ts';
import type { OpenModel } from './open-model.ts';
import { type CheckpointFilesOptions, type PlannedTensor, plannedFiles } from './safetensors/index.ts';
import { wrongAt } from './safetensors/place.ts';

/** Options of `convertCheckpoint`. */
export interface ConvertOptions extends CheckpointFilesOptions {
  /**
   * Of floating-point tensors, rounded to the nearest. Selection biases and the scales of weights in few bits are never
   * rounded: where this dtype is narrower, they keep their own. Default: as they are.
   */
  readonly dtype?: ConvertedDtype;
  /** Of the experts of all mixtures: tensors for each, or all experts in one. Default: as they are. */
  readonly layout?: WrittenLayout;
  /** Which family of models it is, for `layout`. Default: found by the config, or by names, where one alone fits. */
  readonly family?: FamilyName;
  /** Told before every tensor is written. */
  readonly onTensor?: (name: string, at: number, of: number) => void;
}

/**
 * A checkpoint in another dtype, with its experts in another layout, or in other files. What is returned is read while it is
 * written: of numbers never more are in memory than those of one expert, or a million, however large the model.
 *
 * Numbers whose dtype stays are moved as bits. Kernels in F8 with factors, and MXFP4, are decoded where the layout changes
 * and `dtype` says into what; else they stay as they are.
 *
 * @returns the content of every file by its name, to be written in this order: `writeFolder` does
 * @throws MoeError where a layout is none of the family's, and for numbers that cannot be moved without a `dtype`
 * @example
 * const model = await openFolder('mixtral'); // of @tfjs-moe/checkpoints/node
 * await writeFolder('fused', await convertCheckpoint(model, { layout: 'fused', dtype: 'BF16' }));
 */
export async function convertCheckpoint(
  { checkpoint, config }: OpenModel,
  options: ConvertOptions = {},
): Promise<ReadonlyMap<string, AsyncIterable<Uint8Array>>> {
  const who = 'convertCheckpoint';
  expectKnownOptions(who, options, ['dtype', 'layout', 'family', 'onTensor', 'maxShardBytes', 'metadata']);
  const { dtype, layout, maxShardBytes, onTensor } = options;
  if (dtype !== undefined) expectOneOf(who, 'dtype', dtype, ['F32', 'BF16', 'F16']);
  if (layout !== undefined) expectOneOf(who, 'layout', layout, ['perExpert', 'fused']);
  if (options.family !== undefined) expectOneOf(who, 'family', options.family, familyNames);
  const planned = new Map<string, PlannedTensor>();
  const isExact = await exactTensors(checkpoint);
  for (const name of checkpoint.names)
    planned.set(name, await convertedTensor(checkpoint, name, dtype, isExact(name)));
  for (const layer of layout === undefined ? [] : mixtureLayers(checkpoint)) {
    const family = options.family ?? (await detectFamily(checkpoint, layer, undefined, config));
    const block = await checkBlock(checkpoint, { family, layer });
    if (block.layout.name === layout) continue;
    expectOneOf(who, `layout of ${family}`, layout!, writtenLayouts(families[family]));
    const { gone, tensors } = await relaidBlock(checkpoint, families[family], block, layout!, dtype);
    for (const name of gone) planned.delete(name);
    for (const tensor of tensors) {
      if (planned.has(tensor.name))
        throw wrongAt({ file: checkpoint.name, tensor: tensor.name }, 'it is there already');
      planned.set(tensor.name, tensor);
    }
  }
  const metadata = options.metadata ?? (checkpoint.metadata.size > 0 ? checkpoint.metadata : undefined);
  return plannedFiles(told([...planned.values()], onTensor), {
    ...(maxShardBytes !== undefined && { maxShardBytes }),
    ...(metadata !== undefined && { metadata }),
  });
}

/** Tensors that say when they are written. */
function told(
  tensors: readonly PlannedTensor[],
  onTensor: ConvertOptions['onTensor'],
): readonly PlannedTensor[] {
  if (onTensor === undefined) return tensors;
  let at = 0;
  return tensors.map((tensor) => ({
    ...tensor,
    chunks() {
      onTensor(tensor.name, at++, tensors.length);
      return tensor.chunks();
    },
  }));
}
