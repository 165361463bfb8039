import { xoroshiro128plus } from './xoroshiro.ts';

/** A source of random numbers. */
export interface Stream {
  /** Uniform on [0, 1), with 53 random bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Standard Gumbel: $-\log(-\log u)$. */
  gumbel(): number;
  /** Fills a list with the numbers that as many calls of `uniform` would give, in a third of the time. */
  uniforms(values: Float64Array): void;
  /** Fills a list with the numbers that as many calls of `normal` would give, in half the time. */
  normals(values: Float64Array): void;
  /** Fills a list with the numbers that as many calls of `gumbel` would give. */
  gumbels(values: Float64Array): void;
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
  const uniforms = xoroshiro128plus(stateOf([seed, ...path].join('\u0000')));
  const one = new Float64Array(1);
  const pair = new Float64Array(2);
  const single = (fill: (values: Float64Array) => void) => () => {
    fill(one);
    return one[0]!;
  };
  const uniform = single(uniforms);
  let spare: number | undefined;

  // Marsaglia's polar method: two normals a time, without trigonometric functions, hence the same on every engine
  // up to Math.log and Math.sqrt.
  function normals(values: Float64Array): void {
    const { length } = values;
    let i = 0;
    if (length > 0 && spare !== undefined) {
      values[i++] = spare;
      spare = undefined;
    }
    while (i < length) {
      // As many pairs as are needed for sure, in the place of what comes of them: some are refused.
      const pairs = i + 1 < length ? values.subarray(i, length - ((i ^ length) & 1)) : pair;
      uniforms(pairs);
      for (let j = 0; j < pairs.length; j += 2) {
        const a = 2 * pairs[j]! - 1;
        const b = 2 * pairs[j + 1]! - 1;
        const square = a * a + b * b;
        if (square === 0 || square >= 1) continue;
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        values[i++] = a * scale;
        if (i < length) values[i++] = b * scale;
        else spare = b * scale;
      }
    }
  }

  function gumbels(values: Float64Array): void {
    uniforms(values);
    values.set(values.map((u) => -Math.log(-Math.log(u || 5e-324))));
  }

  const integer = (below: number) => Math.floor(uniform() * below);

  return Object.freeze<Stream>({
    uniform,
    normal: single(normals),
    gumbel: single(gumbels),
    uniforms,
    normals,
    gumbels,
    integer,
    permutation(length) {
      const order = new Uint32Array(length).map((_, i) => i);
      for (let i = length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
    below: (other) => stream(other, ...path),
  });
}

/** Four 32-bit words that depend on every character: four FNV-1a lanes with different offsets, mixed as in MurmurHash3. */
function stateOf(text: string): Int32Array {
  const lanes = Int32Array.of(0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35).map((offset, lane) => {
    let hash = offset;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ (text.charCodeAt(i) + lane), 0x01000193);
    hash ^= text.length;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  });
  // The all-zero state is the generator's one fixed point.
  if (!lanes.some(Boolean)) lanes[3] = 1;
  return lanes;
}
