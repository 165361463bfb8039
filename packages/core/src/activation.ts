import { development, insteadOfActivation } from '@tfjs-moe/core/hints';
import { MoeError } from './errors.ts';
import { lettersOf } from './letters.ts';
import { type TfjsClass, type TfjsObject, tfjsClassOf } from './tfjs-object.ts';

/** The names of the activations that every interpretation knows. */
export const activations = [
  'identity',
  'relu',
  'gelu',
  'geluTanh',
  'tanh',
  'sigmoid',
  'silu',
  'softplus',
] as const;

/**
 * The activations that every interpretation of Ops knows.
 *
 * $\mathrm{gelu}(z) = z\,\Phi(z)$ with the exact normal distribution function (Hendrycks and Gimpel, 2016);
 * `geluTanh` is its tanh form, cheaper where `erf` is slow; $\mathrm{silu}(z) = z\,\sigma(z)$;
 * $\mathrm{softplus}(z) = \log(1 + e^z)$.
 */
export type Activation = (typeof activations)[number];

/** Names that tfjs has for activations of this list. */
export type TfjsActivation = 'linear' | 'swish' | 'geluNew';

/** An activation by its name, by tfjs's name for it, or as an object of tfjs. A config holds the name of this list. */
export type ActivationIdentifier = Activation | TfjsActivation | TfjsObject | TfjsClass;

const equals: Readonly<Record<TfjsActivation, Activation>> = {
  linear: 'identity',
  swish: 'silu',
  geluNew: 'geluTanh',
};

const known = (): readonly string[] => [...activations, ...Object.keys(equals)];

const byLetters: ReadonlyMap<string, Activation> = new Map([
  ...activations.map((name) => [lettersOf(name), name] as const),
  ...Object.entries(equals).map(([name, own]) => [lettersOf(name), own] as const),
]);

/**
 * The activation that is named, or an error that lists the known ones.
 * @param identifier a name, in camel or in snake case, one of tfjs's names for the same function (`linear`, `swish`,
 *   `gelu_new`), or tfjs's own object
 */
export function expectActivation(who: string, option: string, identifier: unknown): Activation {
  const name = typeof identifier === 'string' ? identifier : tfjsClassOf(identifier)?.className;
  const found = name !== undefined && /^\w+$/.test(name) ? byLetters.get(lettersOf(name)) : undefined;
  if (found !== undefined) return found;
  const hint = development ? insteadOfActivation(name ?? identifier, known()) : '';
  throw new MoeError(who, `${option} must be one of ${activations.join(', ')}${hint}`, identifier);
}
