import { normalCdf, normalDensity } from '../special/normal.ts';
import { type Derivatives, write } from './derivatives.ts';

/**
 * GELU and its derivatives: $f = z\,\Phi(z)$, $f' = \Phi(z) + z\,\varphi(z)$, $f'' = (2 - z^2)\,\varphi(z)$.
 *
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
 */
export const gelu: Derivatives = (z, out) => {
  const density = normalDensity(z);
  const below = normalCdf(z, density);
  // Infinity times a density of zero is NaN, and the density is zero from 39 on.
  if (density === 0) write(out, Math.max(z, 0), below, 0);
  else write(out, z * below, below + z * density, (2 - z * z) * density);
};
