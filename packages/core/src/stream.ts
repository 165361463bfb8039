import { type GeneratorState, xoroshiro128plus } from './xoroshiro.ts';

/** A source of random numbers. */
export interface Stream {
  /** Uniform on [0, 1), with 53 random bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Standard Gumbel: $-\log(-\log u)$. */
  gumbel(): number;
  /** Uniform on {0, ..., below - 1}. */
  integer(below: number): number;
  /** A random order of 0, ..., length - 1 (Fisher and Yates). */
  permutation(length: number): Uint32Array;
  /** The stream at the same path below another seed. */
  below(seed: number): Stream;
}

/** Laws that noise may follow. */
export type Distribution = 'uniform' | 'normal' | 'gumbel';

/**
 * Seeded streams of random numbers, addressed by a path: `stream(7, 'expert/layer_1/kernel', 3)`.
 *
 * A stream is a function of its seed and path alone, so the numbers of one parameter, one step or one replicate do not
 * depend on what else was drawn, in which order, or by how many workers. The generator is xoroshiro128+ (Blackman and
 * Vigna, 2018); its 128-bit state is a hash of seed and path, so that even 10^6 streams do not collide.
 *
 * @param seed any number; integers are the usual choice
 * @param path names and counters that tell this stream from others of the same seed
 */
export function stream(seed: number, ...path: readonly (string | number)[]): Stream {
  const next = xoroshiro128plus(stateOf([seed, ...path].join('\u0000')));
  let spare: number | undefined;

  function uniform(): number {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  // Marsaglia's polar method: two normals a time, without trigonometric functions, hence the same on every engine
  // up to Math.log and Math.sqrt.
  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const a = 2 * uniform() - 1;
      const b = 2 * uniform() - 1;
      const square = a * a + b * b;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = b * scale;
      return a * scale;
    }
  }

  function integer(below: number): number {
    return Math.floor(uniform() * below);
  }

  return Object.freeze({
    uniform,
    normal,
    gumbel: () => -Math.log(-Math.log(uniform() || Number.MIN_VALUE)),
    integer,
    permutation(length: number) {
      const order = Uint32Array.from({ length }, (_, i) => i);
      for (let i = length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const kept = order[i]!;
        order[i] = order[j]!;
        order[j] = kept;
      }
      return order;
    },
    below: (other: number) => stream(other, ...path),
  });
}

/** Four 32-bit words that depend on every character: four FNV-1a lanes with different offsets, mixed as in MurmurHash3. */
function stateOf(text: string): GeneratorState {
  const lanes = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((offset, lane) => {
    let hash = offset;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ (text.charCodeAt(i) + lane), 0x01000193);
    return finalise(hash ^ text.length);
  });
  const [a = 0, b = 0, c = 0, d = 0] = lanes;
  // The all-zero state is the generator's one fixed point.
  return [a, b, c, (a | b | c | d) === 0 ? 1 : d];
}

function finalise(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
