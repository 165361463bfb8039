import { MoeError } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';

/** What a layer can have that not every layer carries, by its kind in a config. */
export type BroughtKind =
  | 'layers'
  | 'mixed'
  | 'shared'
  | 'dropout'
  | 'regularizers'
  | 'constraints'
  | 'soft'
  | 'input';

/** The factory that brings it: advice, hence for development alone. */
const factories: Readonly<Record<BroughtKind, string>> | false = development && {
  layers: 'layerExperts',
  mixed: 'mixedExperts',
  shared: 'sharedExperts',
  dropout: 'expertDropout',
  regularizers: 'weightRegularizers',
  constraints: 'weightConstraints',
  soft: 'softMoe',
  input: 'expertInput',
};

// biome-ignore lint/suspicious/noExplicitAny: what is registered under a kind is typed where it is asked for
type Make = (...args: any[]) => any;

const known: Partial<Record<BroughtKind, Make>> = {};

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
  const advice = factories
    ? `: ${factories[kind]} brings it, or import '@tfjs-moe/layers/register' (or 'tfjs-moe/register')`
    : '';
  throw new MoeError(who, `"${kind}" has to be imported${advice}`);
}
