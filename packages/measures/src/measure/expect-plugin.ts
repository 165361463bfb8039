import { MoeError } from '@tfjs-moe/core';

/** Refuses what is no plugin of a role, before its members are asked for. */
export function expectPlugin(
  who: string,
  role: 'gate' | 'router' | 'expert',
  value: { readonly role: string },
): void {
  if ((value as { role?: unknown } | null | undefined)?.role === role) return;
  throw new MoeError(who, `${role} must be ${role === 'expert' ? 'an' : 'a'} ${role}`, value);
}
