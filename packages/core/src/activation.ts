import { MoeError } from './errors.ts';

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
 *
 * Name of an activation.
 */
export type Activation = (typeof activations)[number];

/** Returns `name` when it is a known activation and throws an error that lists the known ones when it is not. */
export function expectActivation(who: string, option: string, name: unknown): Activation {
  if (typeof name === 'string' && (activations as readonly string[]).includes(name))
    return name as Activation;
  throw new MoeError(who, `${option} must be one of ${activations.join(', ')}`, name);
}
