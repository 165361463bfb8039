import type { Family } from './family.ts';
import type { Layout } from './pieces.ts';

/** How experts are written: each for itself, or all in two tensors. */
export type WrittenLayout = 'perExpert' | 'fused';

/** The layouts that models of a family can have. */
export function writtenLayouts(family: Family): readonly WrittenLayout[] {
  return family.perExpert ? ['perExpert', 'fused'] : ['fused'];
}

/** Where a block is written. */
export function writtenLayout(family: Family, name: WrittenLayout, layerPrefix: string): Layout {
  // All experts in one tensor are in the folder that newer versions have.
  const block = name === family.writes ? family.blocks[0]! : family.blocks.at(-1)!;
  const prefix = `${layerPrefix}${block}.`;
  return {
    name,
    isTransposed: name === 'fused' && family.isTransposed === true,
    layerPrefix,
    prefix,
    router: prefix + (name === family.writes ? family.routers[0]! : family.routers.at(-1)!),
    selectionBias: family.selectionBias && prefix + family.selectionBias[0]!,
    fused: family.fused,
  };
}
