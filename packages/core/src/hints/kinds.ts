import { aRole, type Role } from '../identity.ts';
import { isTfjsObject } from '../tfjs-object.ts';
import { didYouMean } from './did-you-mean.ts';

/** The factories of every role by their kinds. */
export type KindsByRole = Readonly<Record<Role, ReadonlyMap<string, unknown>>>;

/** Names that other libraries have for what is here. */
const otherNames: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  router: { dense: 'linear', dot: 'linear' },
  gate: { top1: 'switchGate', top2: 'topK', dense: 'softmax', gshard: 'topK' },
  expert: { mlp: 'ffn', feedforward: 'ffn', dense: 'linear', swiglu: 'gatedFfn', glu: 'gatedFfn' },
  balanceLoss: { auxloss: 'switchLoss', aux: 'switchLoss', loadbalancingloss: 'switchLoss' },
};

/** What to write instead of a kind that is unknown. */
export function insteadOfKind(role: Role, kind: string, factories: KindsByRole): string {
  const other = Object.entries(otherNames[role]).find(([name]) => name === kind.toLowerCase())?.[1];
  if (other !== undefined && factories[role].has(other)) return ` (write "${other}")`;
  const elsewhere = (Object.keys(factories) as Role[]).find(
    (any) => any !== role && factories[any].has(kind),
  );
  if (elsewhere !== undefined) return ` (${aRole[elsewhere]} has this kind)`;
  return didYouMean(kind, [...factories[role].keys()].sort());
}

const registers: Readonly<Record<Role, string>> = {
  router: "import '@tfjs-moe/gates/register'",
  gate: "import '@tfjs-moe/gates/register'",
  expert: "import '@tfjs-moe/experts/register'",
  balanceLoss: "import '@tfjs-moe/layers/register'",
};

/** What makes the kinds of a role known. */
export function wayToKinds(role: Role): string {
  return (
    `. A kind is known once its factory is imported: ${registers[role]} (or 'tfjs-moe/register') brings every built-in ` +
    'one, your own kinds need the module that defines them'
  );
}

/** What to do about a value that names no plugin. */
export function insteadOfIdentifier(role: Role, given: unknown, factories: KindsByRole): string {
  if (isTfjsObject(given)) {
    return role === 'expert'
      ? '; a tfjs layer becomes one by layerExperts(() => tf.layers.dense({ ... }))'
      : '';
  }
  if (typeof given === 'function') {
    const { kind } = given as { readonly kind?: unknown };
    if (typeof kind !== 'string') return ', not a function';
    const made = (Object.keys(factories) as Role[]).find((any) => factories[any].get(kind) === given) ?? role;
    if (made !== role) return `, not the factory of ${aRole[made]}`;
    return `; call the factory: ${kind}${role === 'router' ? 'Router' : ''}()`;
  }
  if (Array.isArray(given)) return ', not a list';
  const { type = undefined, name = type } = (given ?? {}) as { type?: unknown; name?: unknown };
  return typeof name === 'string' && factories[role].has(name) ? `; write { kind: "${name}", ... }` : '';
}
