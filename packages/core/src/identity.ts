/** The kinds of plugin. */
export type Role = 'router' | 'gate' | 'expert' | 'balanceLoss';

/** The roles in errors, with their articles. */
export const aRole: Readonly<Record<Role, string>> = {
  router: 'a router',
  gate: 'a gate',
  expert: 'an expert',
  balanceLoss: 'a balance loss',
};

/** JSON values, the only thing a config may hold. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** A plugin's config: its kind and its options, plain JSON. */
export interface Config {
  readonly kind: string;
  readonly [option: string]: Json | undefined;
}

/**
 * What every plugin, a frozen object, has in common: a role, a kind, and the JSON config from which it can be made
 * again.
 */
export interface Plugin {
  readonly role: Role;
  readonly kind: string;
  readonly config: Config;
  /** Options that an earlier version of the definition did not write, so that saved models may lack them. */
  readonly laterOptions?: readonly string[];
}

/** Options of a plugin without its kind, as its factory takes them. */
export type OptionsJson = { readonly [option: string]: Json | undefined };
