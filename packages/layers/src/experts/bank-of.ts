import type { layers } from '@tensorflow/tfjs-layers';
import { type Config, type Expert, MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { definitionBank } from './definition-bank.ts';
import type { ExpertBank } from './expert-bank.ts';

/** A factory of layers, one per expert. */
export interface LayerExperts {
  readonly role: 'layerExperts';
  /** Makes the layer of an expert. */
  readonly create: (expert: number) => layers.Layer;
}

/** What the option `expert` names, checked: an expert over Ops, layers of one's own, or what a saved model holds of them. */
export type ExpertSource = Expert | LayersSource;

/** Layers as experts: their factory, or the config of a saved model. */
export type LayersSource = LayerExperts | (Config & { readonly role?: undefined });

const advice = development ? ": import '@tfjs-moe/layers/register' (or 'tfjs-moe/register') brings it" : '';

type MakeBank = (source: LayersSource, experts: number) => ExpertBank;

let layerBank: MakeBank | undefined;

/** Makes layers known as experts: a page that never imports `layerExperts` does not carry what runs them. */
export function registerLayerBank(make: MakeBank): void {
  layerBank = make;
}

/** Whether an option names layers instead of an expert over Ops. */
export function namesLayers(expert: unknown): expert is LayersSource {
  if (typeof expert !== 'object' || expert === null) return false;
  const { role, kind } = expert as Partial<LayerExperts & Config>;
  return role === 'layerExperts' || (role === undefined && kind === 'layers');
}

/**
 * The bank of a layer's experts.
 * @param who named in errors
 */
export function bankOf(who: string, expert: ExpertSource, experts: number): ExpertBank {
  if (!namesLayers(expert)) return definitionBank(expert, experts);
  if (layerBank !== undefined) return layerBank(expert, experts);
  throw new MoeError(who, `experts that are layers are known once layerExperts is imported${advice}`);
}
