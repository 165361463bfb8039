import { MoeError } from '@tfjs-moe/core';
import { type CheckedBlock, checkBlock } from '../families/check-block.ts';
import { detectFamily } from '../families/detect-family.ts';
import type { FamilyName } from '../families/family.ts';
import { mixtureLayers } from '../families/mixture-layers.ts';
import { type RoutingSettings, settingsIn } from '../families/routing.ts';
import type { OpenModel } from '../open-model.ts';

/** A mixture-of-experts block of a checkpoint, and how it routes. */
export interface BlockOfModel extends CheckedBlock {
  readonly family: FamilyName;
  readonly layer: number;
  readonly settings: RoutingSettings;
}

/**
 * All mixture-of-experts blocks of a checkpoint.
 * @throws MoeError where there is none, and where they differ in their number of experts, of which a config has one
 */
export async function blocksOfModel(
  who: string,
  { checkpoint, config }: OpenModel,
  given: FamilyName | undefined,
): Promise<readonly [BlockOfModel, ...BlockOfModel[]]> {
  const blocks: BlockOfModel[] = [];
  for (const layer of mixtureLayers(checkpoint)) {
    const family = given ?? (await detectFamily(checkpoint, layer, undefined, config));
    const settings = config === undefined ? {} : settingsIn(family, config);
    blocks.push({ ...(await checkBlock(checkpoint, { family, layer })), family, layer, settings });
  }
  const [first, ...others] = blocks;
  if (first === undefined)
    throw new MoeError(who, 'the checkpoint has no mixture of experts', checkpoint.name);
  for (const { family, layer, sizes } of others)
    if (family !== first.family || sizes.experts !== first.sizes.experts)
      throw new MoeError(who, 'all mixtures of a model must have one family and one number of experts', {
        [first.layer]: [first.family, first.sizes.experts],
        [layer]: [family, sizes.experts],
      });
  return [first, ...others];
}
