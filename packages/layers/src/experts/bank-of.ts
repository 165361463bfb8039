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

/** Experts of several definitions in one layer. */
export interface MixedExperts {
  readonly role: 'mixedExperts';
  /** The definitions, in the order in which their experts are numbered. */
  readonly parts: readonly { readonly expert: Expert; readonly count: number }[];
}

/** Experts that are not one definition, by the kind in their config: the function that makes them, which brings what runs them. */
const factories = { layers: 'layerExperts', mixed: 'mixedExperts' } as const;

type BankKind = keyof typeof factories;

/** Experts that are not one definition, or what a saved model holds of them. */
export type BankSource = LayerExperts | MixedExperts | (Config & { readonly role?: undefined });

/** What the option `expert` names, checked. */
export type ExpertSource = Expert | BankSource;

type MakeBank = (source: BankSource, experts: number) => ExpertBank;

const banks: Partial<Record<BankKind, MakeBank>> = {};

/** Makes a kind of bank known: a page that never imports its factory does not carry what runs it. */
export function registerBank(kind: BankKind, make: MakeBank): void {
  banks[kind] = make;
}

function bankKind(expert: unknown): BankKind | undefined {
  const { role, kind } = (expert ?? {}) as { role?: unknown; kind?: unknown };
  return (Object.keys(factories) as BankKind[]).find((known) =>
    role === undefined ? kind === known : role === factories[known],
  );
}

/** Whether an option names experts that are not one definition. */
export function isBank(expert: unknown): expert is BankSource {
  return bankKind(expert) !== undefined;
}

const advice = development ? ": import '@tfjs-moe/layers/register' (or 'tfjs-moe/register') brings it" : '';

/**
 * The bank of a layer's experts.
 * @param who named in errors
 */
export function bankOf(who: string, expert: ExpertSource, experts: number): ExpertBank {
  const kind = bankKind(expert);
  if (kind === undefined) return definitionBank(expert as Expert, experts);
  const make = banks[kind];
  if (make !== undefined) return make(expert as BankSource, experts);
  throw new MoeError(who, `experts of kind ${kind} are known once ${factories[kind]} is imported${advice}`);
}
