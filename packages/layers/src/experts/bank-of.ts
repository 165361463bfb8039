import type { layers } from '@tensorflow/tfjs-layers';
import { type Config, type Expert, getExpert, type Identifier, MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { brought } from '../brought.ts';
import { definitionBank } from './definition-bank.ts';
import type { ExpertBank } from './expert-bank.ts';

/** Options of `layerExperts`. */
export interface LayerExpertsOptions {
  /**
   * What a token is, which the gate routes and a layer is given. `'positions'`: every row of features of the input, as for
   * all experts. `'samples'`: every entry of the first axis, whole, so that a layer sees its neighbourhood: a picture
   * [H, W, C], a sequence [L, C]. Default `'positions'`.
   */
  readonly tokens?: 'positions' | 'samples';
  /**
   * What the gate sees of a sample: the `'mean'` of every feature over all positions, its largest (`'max'`), or all numbers
   * (`'none'`). Of positions it sees the features. Default `'mean'`.
   */
  readonly pooling?: 'mean' | 'max' | 'none';
}

/** A factory of layers, one per expert. */
export interface LayerExperts {
  readonly role: 'layerExperts';
  /** Makes the layer of an expert. */
  readonly create: (expert: number) => layers.Layer;
  /** What each of them is given. */
  readonly options: LayerExpertsOptions;
}

/** Experts of several definitions in one layer. */
export interface MixedExperts {
  readonly role: 'mixedExperts';
  /** The definitions, in the order in which their experts are numbered. */
  readonly parts: readonly { readonly expert: Expert; readonly count: number }[];
}

/** Experts that are not one definition, or what a saved model holds of them. */
export type BankSource = LayerExperts | MixedExperts | (Config & { readonly role?: undefined });

/** What the option `expert` takes. */
export type ExpertSource = Identifier<Expert> | BankSource;

type MakeBank = (source: BankSource, experts: number) => ExpertBank;

const kinds = { layerExperts: 'layers', mixedExperts: 'mixed' } as const;

/** The kind of experts that are not one definition, by their role or, in a config, by their kind. */
function bankKind(expert: unknown): (typeof kinds)[keyof typeof kinds] | undefined {
  const { role, kind } = (expert ?? {}) as { role?: keyof typeof kinds; kind?: unknown };
  if (role !== undefined) return kinds[role];
  return Object.values(kinds).find((known) => known === kind);
}

/**
 * The bank of a layer's experts, from the option `expert`.
 * @param who named in errors
 */
export function bankOf(who: string, expert: ExpertSource, experts: number): ExpertBank {
  const kind = bankKind(expert);
  if (kind !== undefined) return brought<MakeBank>(who, kind)(expert as BankSource, experts);
  if (development && typeof expert === 'function' && !('kind' in expert)) {
    const rule = 'expert must not be a function; for tfjs layers write layerExperts(() => ...)';
    throw new MoeError(who, rule, expert);
  }
  return definitionBank(getExpert(expert as Identifier<Expert>, `${who}: expert`), experts);
}
