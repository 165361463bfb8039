import type { OptionsJson } from '@tfjs-moe/core';
import { brought } from '../brought.ts';
import type { ExpertBank } from '../experts/expert-bank.ts';

/** What a layer can have around its experts: an option of the layer each. */
export const extensionNames = ['shared', 'dropout', 'regularizers', 'constraints'] as const;

/** The options of a layer that are extensions. */
export type ExtensionName = (typeof extensionNames)[number];

/** Something around the experts of a layer, made by its factory. */
export interface Extension<Role extends string = string> {
  readonly role: Role;
  /** All options, as JSON, from which its factory makes it again. */
  readonly config: OptionsJson;
  /** The bank of the layer's experts, with what the extension does to it. */
  readonly around: (bank: ExpertBank) => ExpertBank;
}

/** What the options of a layer give for its extensions: themselves, a config or null. */
export type ExtensionArgs = { readonly [name in ExtensionName]?: unknown };

/** The extensions of one layer, by its options. */
export type Extensions = Readonly<Record<ExtensionName, Extension | null>>;

/** Reads the options of a layer named `who`. */
export function extensionsOf(who: string, args: ExtensionArgs): Extensions {
  const read = (name: ExtensionName) =>
    args[name] == null ? null : brought<(given: unknown) => Extension>(who, name)(args[name]);
  return Object.fromEntries(extensionNames.map((name) => [name, read(name)])) as Extensions;
}

/** What a saved model holds of the extensions of a layer. */
export function extensionConfigs(extensions: Extensions): OptionsJson {
  return Object.fromEntries(extensionNames.map((name) => [name, extensions[name]?.config ?? null]));
}

/** A bank with the extensions around it. */
export function extended(bank: ExpertBank, extensions: Extensions): ExpertBank {
  return Object.values(extensions).reduce((inner, extension) => extension?.around(inner) ?? inner, bank);
}

/** A bank with some of its functions replaced. */
export function bankWith(bank: ExpertBank, own: Partial<ExpertBank>): ExpertBank {
  return Object.setPrototypeOf(own, bank);
}
