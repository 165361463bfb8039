import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';

/** What a layer can have that not every layer carries, by its kind in a config, and the factory that brings it. */
const factories = {
  layers: 'layerExperts',
  mixed: 'mixedExperts',
  shared: 'sharedExperts',
  dropout: 'expertDropout',
  regularizers: 'weightRegularizers',
  soft: 'softMoe',
  input: 'expertInput',
} as const;

export type BroughtKind = keyof typeof factories;

// biome-ignore lint/suspicious/noExplicitAny: what is registered under a kind is typed where it is asked for
type Make = (...args: any[]) => any;

const known: Partial<Record<BroughtKind, Make>> = {};

const advice = development ? ": import '@tfjs-moe/layers/register' (or 'tfjs-moe/register') brings it" : '';

/** Makes a kind known: a page that never imports its factory does not carry what runs it. */
export function bring(kind: BroughtKind, make: Make): void {
  known[kind] = make;
}

/**
 * What was brought for a kind.
 * @param who named in the error where nothing was
 */
export function brought<T extends Make>(who: string, kind: BroughtKind): T {
  const make = known[kind];
  if (make !== undefined) return make as T;
  throw new MoeError(who, `"${kind}" is known once ${factories[kind]} is imported${advice}`);
}
