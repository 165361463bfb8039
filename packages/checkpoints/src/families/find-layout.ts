import type { Checkpoint } from '../safetensors/index.ts';
import { wrongAt } from '../safetensors/place.ts';
import { families } from './families.ts';
import type { Family, FamilyName, LayoutName } from './family.ts';
import type { Layout } from './pieces.ts';

/** Which block of a file is meant. */
export interface BlockAddress {
  readonly family: FamilyName;
  /** Number of the layer, from 0. */
  readonly layer: number;
  /** What stands before `layers.` in the names, where a file has several such: `model.`. */
  readonly prefix?: string | undefined;
}

/** Where the block lies, before any shape is known: by names alone. */
export type NamedLayout = Omit<Layout, 'isTransposed'>;

const v5 = { gateUp: 'experts.gate_up_proj', down: 'experts.down_proj' };

/** Finds a block by the names of its router and of its experts, and refuses where two places or two layouts answer. */
export function findLayout(checkpoint: Checkpoint, address: BlockAddress): NamedLayout {
  const file = checkpoint.name;
  const family = families[address.family];
  const routers = routersOf(checkpoint, family, address);
  const what = `layer ${address.layer} of ${address.family}`;
  if (routers.length === 0) {
    const names = family.blocks.flatMap((block) => family.routers.map((router) => `${block}.${router}`));
    const rule = `${what} must have ${names.join(' or ')}`;
    throw wrongAt({ file }, `${rule}, which stands in ${layersWithout(checkpoint, family)}`);
  }
  if (routers.length > 1)
    throw wrongAt(
      { file },
      `several tensors could be the router of ${what}; say which by prefix`,
      routers.map(({ router }) => router),
    );
  const place = routers[0]!;
  const fused =
    [family.fused, v5].find(
      ({ gateUp }) =>
        checkpoint.has(place.prefix + gateUp) || checkpoint.has(`${place.prefix}${gateUp}_blocks`),
    ) ?? family.fused;
  const found = layoutsIn(checkpoint, family, place.prefix, fused);
  if (found.length > 1)
    throw wrongAt({ file }, `the experts of ${what} lie in the file in several ways`, found);
  const biases = (family.selectionBias ?? []).map((name) => place.prefix + name);
  const selectionBias = biases.find((name) => checkpoint.has(name)) ?? biases[0];
  return { ...place, name: found[0] ?? family.writes, fused, selectionBias };
}

function routersOf(checkpoint: Checkpoint, family: Family, { layer, prefix }: BlockAddress) {
  const layerName = /^(|.*\.)layers\.(\d+)\.(.+)$/;
  return checkpoint.names.flatMap((router) => {
    const [, before, number, rest] = layerName.exec(router) ?? [];
    const isHere = Number(number) === layer && (prefix === undefined || prefix === before);
    const block = isHere
      ? family.blocks.find((each) => family.routers.some((name) => rest === `${each}.${name}`))
      : undefined;
    if (block === undefined) return [];
    const layerPrefix = `${before}layers.${number}.`;
    return [{ router, layerPrefix, prefix: `${layerPrefix}${block}.` }];
  });
}

function layersWithout(checkpoint: Checkpoint, family: Family): string {
  const ends = family.blocks.flatMap((block) => family.routers.map((router) => `.${block}.${router}`));
  const numbers = checkpoint.names
    .filter((name) => ends.some((end) => name.endsWith(end)))
    .flatMap((name) => /layers\.(\d+)\./.exec(name)?.[1] ?? []);
  return numbers.length === 0 ? 'no layer of the file' : `layers ${numbers.join(', ')}`;
}

function layoutsIn(
  checkpoint: Checkpoint,
  family: Family,
  prefix: string,
  { gateUp }: Family['fused'],
): LayoutName[] {
  const first = `${prefix}experts.`;
  const isPerExpert = checkpoint.names.some(
    (name) => name.startsWith(first) && /^\d+\./.test(name.slice(first.length)),
  );
  return [
    ...(isPerExpert && family.perExpert ? ['perExpert' as const] : []),
    ...(checkpoint.has(prefix + gateUp) ? ['fused' as const] : []),
    ...(checkpoint.has(`${prefix}${gateUp}_blocks`) && family.hasBiases ? ['mxfp4' as const] : []),
  ];
}
