/**
 * What an elementary function means to a derivative: its value with its first and second derivative at a number.
 *
 * Writes $f(z), f'(z), f''(z)$ to the first three places of `out`: a buffer, because there are millions of calls.
 */
export type Derivatives = (z: number, out: Float64Array) => void;

/** Fills the buffer. */
export function write(out: Float64Array, value: number, first: number, second: number): void {
  out[0] = value;
  out[1] = first;
  out[2] = second;
}
