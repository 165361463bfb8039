import { MoeError } from '@tfjs-moe/core';
import type { Checkpoint } from '../safetensors/index.ts';
import { wrongAt } from '../safetensors/place.ts';
import { checkBlock } from './check-block.ts';
import { families, familyNames } from './families.ts';
import type { FamilyName } from './family.ts';
import type { BlockAddress } from './find-layout.ts';
import { textConfig } from './text-config.ts';

/** The family that a config names, or the only one that the tensors of a block fit. */
export async function detectFamily(
  checkpoint: Checkpoint,
  layer: number,
  prefix: string | undefined,
  config: object | undefined,
): Promise<FamilyName> {
  const fitting = await fittingFamilies(checkpoint, layer, prefix, config);
  if (fitting.length === 1) return fitting[0]!;
  const rule =
    fitting.length === 0
      ? `the tensors of layer ${layer} are those of no family; say which by family, on the command line --family`
      : `several families have these tensors and route differently; say which by family, on the command line --family`;
  throw wrongAt({ file: checkpoint.name }, rule, fitting.length === 0 ? familyNames : fitting);
}

/** The family that a config names, or all that the tensors of a block fit. */
export async function fittingFamilies(
  checkpoint: Checkpoint,
  layer: number,
  prefix: string | undefined,
  config: object | undefined,
): Promise<FamilyName[]> {
  const type = config && (textConfig(config).model_type ?? (config as { model_type?: unknown }).model_type);
  const byType = familyNames.find((name) => families[name].modelTypes.includes(String(type)));
  if (byType !== undefined) return [byType];
  const fitting: FamilyName[] = [];
  for (const family of familyNames)
    if (await fits(checkpoint, { family, layer, prefix })) fitting.push(family);
  return fitting;
}

async function fits(checkpoint: Checkpoint, address: BlockAddress): Promise<boolean> {
  let isUnreadable = false;
  // A file that is named and cannot be read says nothing about families.
  const info = (name: string) =>
    checkpoint.info(name).catch((error) => {
      isUnreadable = checkpoint.has(name);
      throw error;
    });
  try {
    await checkBlock({ ...checkpoint, info }, address);
    return true;
  } catch (error) {
    if (error instanceof MoeError && !isUnreadable) return false;
    throw error;
  }
}
