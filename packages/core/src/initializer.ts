/**
 * Initial values of parameters, drawn from a seeded stream so that every backend starts from the same numbers.
 *
 * Fans are those of one expert: a kernel [D, H] has fan-in D and fan-out H, however many experts there are. Glorot:
 * variance $2/(\text{in}+\text{out})$ (Glorot and Bengio, 2010); He: $2/\text{in}$ (He et al., 2015); LeCun: $1/\text{in}$.
 */
import { MoeError } from './errors.ts';
import type { ParamSpec } from './params.ts';
import { paramSize } from './params.ts';
import type { Stream } from './stream.ts';

/** An initializer as plain JSON. */
export type InitializerConfig =
  | { readonly kind: ScaledInitializer | 'zeros' | 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'randomNormal'; readonly stddev?: number }
  | { readonly kind: 'randomUniform'; readonly min?: number; readonly max?: number };

const scaled = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
] as const;
type ScaledInitializer = (typeof scaled)[number];

/** Names that may be written instead of a config. */
export type InitializerName = InitializerConfig['kind'];

const kinds: readonly string[] = [...scaled, 'zeros', 'ones', 'constant', 'randomNormal', 'randomUniform'];

/** Turns a name or a config into a config, or throws an error that lists the known kinds. */
export function getInitializer(
  who: string,
  option: string,
  identifier: InitializerName | InitializerConfig,
): InitializerConfig {
  const config = typeof identifier === 'string' ? { kind: identifier } : identifier;
  if (!kinds.includes(config?.kind)) {
    throw new MoeError(who, `${option} must be an initializer, one of ${kinds.join(', ')}`, identifier);
  }
  if (config.kind === 'constant' && !Number.isFinite((config as { value?: number }).value)) {
    throw new MoeError(who, `${option} of kind constant needs a finite value`, identifier);
  }
  return config as InitializerConfig;
}

/** Draws one copy of a parameter, row by row. */
export function initialValues(spec: ParamSpec, stream: Stream): Float64Array {
  const draw = drawer(spec, stream);
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
      return () => (initializer.stddev ?? 0.05) * stream.normal();
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
