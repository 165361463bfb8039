import type { InitializerConfig } from './initializer.ts';
import { type ParamSpec, paramSize } from './params.ts';
import type { Stream } from './stream.ts';

/** Draws one copy of a parameter, row by row. */
export function initialValues(spec: ParamSpec, stream: Stream): Float64Array {
  const {
    initializer,
    shape: [fanIn, fanOut = 1],
  } = spec;
  const { kind, seed, scale = 1, mode = 'fanIn' } = initializer as Options & InitializerConfig;
  const fanAvg = (fanIn + fanOut) / 2;
  const variances: Readonly<Record<string, number>> = {
    he: 2 / fanIn,
    lecun: 1 / fanIn,
    glorot: 1 / fanAvg,
    varianceScaling: scale / { fanIn, fanOut, fanAvg }[mode],
  };
  const variance = variances[kind.replace(/Uniform|Normal/, '')];
  // A uniform law on (-l, l) has variance l²/3.
  const deviation = (factor: number) => (variance === undefined ? 0.05 : Math.sqrt(factor * variance));
  const {
    value = kind === 'ones' ? 1 : 0,
    min = -deviation(3),
    max = deviation(3),
    mean = 0,
    stddev = deviation(1),
    distribution = kind,
  } = initializer as Options;

  const values = new Float64Array(paramSize(spec));
  const isUniform = /niform$/.test(distribution);
  // The constant, the ones and the zeros.
  if (/^[czo]/.test(kind)) return values.fill(value);
  const source = seed === undefined ? stream : stream.below(seed);
  const bound = /^[tv]/.test(distribution) ? 2 : Infinity;
  const [start, factor] = isUniform ? [min, max - min] : [mean, stddev];
  for (let drawn = 0; drawn < values.length; ) {
    const rest = values.subarray(drawn);
    source[isUniform ? 'uniforms' : 'normals'](rest);
    for (let i = 0; i < rest.length; i++) {
      // What lies beyond two standard deviations of a law that is cut off is drawn again.
      if (Math.abs(rest[i]!) <= bound) values[drawn++] = start + factor * rest[i]!;
    }
  }
  return values;
}

/** The options of all initializers. */
type Options = { readonly seed?: number } & Partial<
  Omit<Extract<InitializerConfig, { readonly kind: 'randomNormal' }>, 'kind'>
> &
  Partial<Omit<Extract<InitializerConfig, { readonly kind: 'randomUniform' }>, 'kind'>> &
  Partial<Omit<Extract<InitializerConfig, { readonly kind: 'varianceScaling' }>, 'kind' | 'distribution'>> & {
    readonly distribution?: string;
  } & Partial<Omit<Extract<InitializerConfig, { readonly kind: 'constant' }>, 'kind'>>;
