import type { InitializerConfig } from './initializer.ts';
import { type ParamSpec, paramSize } from './params.ts';
import type { Stream } from './stream.ts';

/** Draws one copy of a parameter, row by row. */
export function initialValues(spec: ParamSpec, stream: Stream): Float64Array {
  const { seed } = spec.initializer as { seed?: number };
  const draw = drawer(spec, seed === undefined ? stream : stream.below(seed));
  const values = new Float64Array(paramSize(spec));
  // Float64Array.from would take as long again as drawing.
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return values;
}

/** The options of all initializers. */
type Options = Partial<Omit<Extract<InitializerConfig, { readonly kind: 'randomNormal' }>, 'kind'>> &
  Partial<Omit<Extract<InitializerConfig, { readonly kind: 'randomUniform' }>, 'kind'>> &
  Partial<Omit<Extract<InitializerConfig, { readonly kind: 'varianceScaling' }>, 'kind'>> &
  Partial<Omit<Extract<InitializerConfig, { readonly kind: 'constant' }>, 'kind'>>;

function drawer({ initializer, shape: [fanIn, fanOut = 1] }: ParamSpec, stream: Stream): () => number {
  const { kind } = initializer;
  const {
    value = kind === 'ones' ? 1 : 0,
    min = -0.05,
    max = 0.05,
    mean = 0,
    stddev = 0.05,
  } = initializer as Options;
  const { scale = 1, mode = 'fanIn', distribution = 'truncatedNormal' } = initializer as Options;
  const fanAvg = (fanIn + fanOut) / 2;
  const affine = (draw: () => number, start: number, factor: number) => () => start + factor * draw();

  switch (kind) {
    case 'randomNormal':
      return affine(stream.normal, mean, stddev);
    case 'truncatedNormal':
      return affine(truncated, mean, stddev);
    case 'randomUniform':
      return affine(stream.uniform, min, max - min);
    case 'varianceScaling':
      return ofVariance(scale / { fanIn, fanOut, fanAvg }[mode], distribution);
    case 'glorotUniform':
      return ofVariance(1 / fanAvg, 'uniform');
    case 'glorotNormal':
      return ofVariance(1 / fanAvg);
    case 'heUniform':
      return ofVariance(2 / fanIn, 'uniform');
    case 'heNormal':
      return ofVariance(2 / fanIn);
    case 'lecunUniform':
      return ofVariance(1 / fanIn, 'uniform');
    case 'lecunNormal':
      return ofVariance(1 / fanIn);
    default:
      return () => value;
  }

  function ofVariance(variance: number, law?: typeof distribution): () => number {
    // A uniform law on (-l, l) has variance l²/3.
    const limit = Math.sqrt(3 * variance);
    if (law === 'uniform') return affine(stream.uniform, -limit, 2 * limit);
    return affine(law === 'truncatedNormal' ? truncated : stream.normal, 0, Math.sqrt(variance));
  }

  /** A standard normal number, drawn again beyond two standard deviations. */
  function truncated(): number {
    for (;;) {
      const drawn = stream.normal();
      if (Math.abs(drawn) <= 2) return drawn;
    }
  }
}
