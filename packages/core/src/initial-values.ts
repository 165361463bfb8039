import { type ParamSpec, paramSize } from './params.ts';
import type { Stream } from './stream.ts';

/** Draws one copy of a parameter, row by row. */
export function initialValues(spec: ParamSpec, stream: Stream): Float64Array {
  const { seed } = spec.initializer as { seed?: number };
  const draw = drawer(spec, seed === undefined ? stream : stream.below(seed));
  return Float64Array.from({ length: paramSize(spec) }, draw);
}

function drawer({ initializer, shape }: ParamSpec, stream: Stream): () => number {
  const fanIn = shape[0];
  const fanOut = shape[1] ?? 1;
  switch (initializer.kind) {
    case 'zeros':
      return () => 0;
    case 'ones':
      return () => 1;
    case 'constant':
      return () => initializer.value;
    case 'randomNormal':
      return () => (initializer.mean ?? 0) + (initializer.stddev ?? 0.05) * stream.normal();
    case 'truncatedNormal':
      return () => (initializer.mean ?? 0) + (initializer.stddev ?? 0.05) * truncated(stream);
    case 'randomUniform':
      return between(stream, initializer.min ?? -0.05, initializer.max ?? 0.05);
    case 'glorotUniform':
      return uniformOfVariance(stream, 2 / (fanIn + fanOut));
    case 'glorotNormal':
      return () => Math.sqrt(2 / (fanIn + fanOut)) * stream.normal();
    case 'heUniform':
      return uniformOfVariance(stream, 2 / fanIn);
    case 'heNormal':
      return () => Math.sqrt(2 / fanIn) * stream.normal();
    case 'lecunUniform':
      return uniformOfVariance(stream, 1 / fanIn);
    case 'lecunNormal':
      return () => Math.sqrt(1 / fanIn) * stream.normal();
    case 'varianceScaling': {
      const { scale = 1, mode = 'fanIn', distribution = 'truncatedNormal' } = initializer;
      const variance = scale / { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode];
      if (distribution === 'uniform') return uniformOfVariance(stream, variance);
      const normal = distribution === 'untruncatedNormal' ? stream.normal : () => truncated(stream);
      return () => Math.sqrt(variance) * normal();
    }
  }
}

/** A standard normal number, drawn again beyond two standard deviations. */
function truncated(stream: Stream): number {
  for (;;) {
    const value = stream.normal();
    if (Math.abs(value) <= 2) return value;
  }
}

function between(stream: Stream, min: number, max: number): () => number {
  return () => min + (max - min) * stream.uniform();
}

/** A uniform law on (-l, l) has variance l²/3. */
function uniformOfVariance(stream: Stream, variance: number): () => number {
  const limit = Math.sqrt(3 * variance);
  return between(stream, -limit, limit);
}
