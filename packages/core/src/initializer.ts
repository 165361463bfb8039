import { development, insteadOfInitializer } from '@tfjs-moe/core/hints';
import { MoeError } from './errors.ts';
import { expectKnownOptions, expectNumber, expectOneOf } from './expect.ts';
import { lettersOf } from './letters.ts';
import { type TfjsClass, type TfjsObject, tfjsClassOf } from './tfjs-object.ts';

const scaled = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
] as const;
type ScaledInitializer = (typeof scaled)[number];

const modes = ['fanIn', 'fanOut', 'fanAvg'] as const;
const distributions = ['truncatedNormal', 'untruncatedNormal', 'uniform'] as const;

/** What every initializer that draws may have: a seed of its own in place of the layer's. */
type Seeded = { readonly seed?: number };

/**
 * An initializer as plain JSON.
 *
 * Fans are those of one expert: a kernel [D, H] has fan-in D and fan-out H, however many experts there are. Glorot:
 * variance $2/(\text{in}+\text{out})$ (Glorot and Bengio, 2010); He: $2/\text{in}$ (He et al., 2015); LeCun: $1/\text{in}$;
 * their `Normal` forms are plain normal laws. `varianceScaling` is tfjs's: variance scale / fan before its normal law is
 * cut off at two standard deviations. Numbers are drawn from the seeded stream of the parameter, so that every backend
 * starts from the same ones; a seed here takes the place of the layer's, and experts still start differently.
 */
export type InitializerConfig =
  | { readonly kind: 'zeros' | 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  | ({ readonly kind: ScaledInitializer } & Seeded)
  | ({ readonly kind: 'randomNormal'; readonly mean?: number; readonly stddev?: number } & Seeded)
  | ({ readonly kind: 'truncatedNormal'; readonly mean?: number; readonly stddev?: number } & Seeded)
  | ({ readonly kind: 'randomUniform'; readonly min?: number; readonly max?: number } & Seeded)
  | ({
      readonly kind: 'varianceScaling';
      /** Default 1. */
      readonly scale?: number;
      /** Default `fanIn`. */
      readonly mode?: (typeof modes)[number];
      /** Default `truncatedNormal`, which tfjs calls `normal`. */
      readonly distribution?: (typeof distributions)[number];
    } & Seeded);

/** Names that may be written instead of a config. */
export type InitializerName = InitializerConfig['kind'];

/** An initializer by its name, as a config, or as an object of tfjs (`tf.initializers.heNormal({})`). */
export type InitializerIdentifier = InitializerName | InitializerConfig | TfjsObject | TfjsClass;

const options: Readonly<Record<InitializerName, readonly string[]>> = {
  ...(Object.fromEntries(scaled.map((kind) => [kind, ['seed']])) as Record<ScaledInitializer, string[]>),
  zeros: [],
  ones: [],
  constant: ['value'],
  randomNormal: ['mean', 'stddev', 'seed'],
  truncatedNormal: ['mean', 'stddev', 'seed'],
  randomUniform: ['min', 'max', 'seed'],
  varianceScaling: ['scale', 'mode', 'distribution', 'seed'],
};
const kinds = Object.keys(options) as InitializerName[];

/**
 * A name, a config or an object of tfjs as a checked config, or an error that lists the known kinds.
 *
 * Objects of tfjs, and what tfjs writes of them, become the config of the same law: `glorotUniform({})` is
 * `'glorotUniform'`, while its `heNormal({})` is cut off at two standard deviations, hence `varianceScaling`. `identity`
 * and `orthogonal` have no equal.
 */
export function getInitializer(
  who: string,
  option: string,
  identifier: InitializerIdentifier,
): InitializerConfig {
  const fail = (given: unknown): never => {
    const hint = development ? insteadOfInitializer(given, kinds) : '';
    throw new MoeError(
      who,
      `${option} must be an initializer, one of ${kinds.join(', ')}${hint}`,
      identifier,
    );
  };
  const ofTfjs = tfjsClassOf(identifier);
  const config =
    ofTfjs === undefined
      ? ({ kind: identifier, ...(typeof identifier === 'object' && identifier) } as { kind: unknown })
      : fromTfjs(ofTfjs);
  const given = config.kind;
  if (typeof given !== 'string') return fail(identifier);
  const letters = /^\w+$/.test(given) ? lettersOf(given) : '';
  const kind = kinds.find((name) => lettersOf(name) === letters);
  if (kind === undefined) return fail(given);
  return checked(`${who}: ${option}`, { ...config, kind });
}

/** Far enough below the largest float32 that no draw can leave it. */
const LARGEST = 1e37;

function checked(who: string, { kind, ...given }: { readonly kind: InitializerName }): InitializerConfig {
  expectKnownOptions(`${who} of kind ${kind}`, given, options[kind]);
  const config = given as Readonly<Record<string, unknown>>;
  const number = (name: string, min = -LARGEST) => {
    if (config[name] !== undefined) expectNumber(who, name, config[name], { min, max: LARGEST });
  };
  if (kind === 'constant') {
    const { value } = config;
    if (!Number.isFinite(Math.fround(value as number)) || typeof value !== 'number') {
      throw new MoeError(who, 'value must be a finite number that float32 can hold', value);
    }
  }
  number('seed');
  number('mean');
  number('stddev', 0);
  number('scale', 0);
  number('min');
  number('max');
  if (kind === 'randomUniform') {
    const { min = -0.05, max = 0.05 } = config as { min?: number; max?: number };
    if (min > max) throw new MoeError(who, `min must be at most max (${max})`, min);
  }
  if (config.mode !== undefined) expectOneOf(who, 'mode', config.mode, modes);
  if (config.distribution !== undefined) expectDistribution(who, config.distribution);
  // What was passed as undefined was left out, and JSON cannot hold it.
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return { kind, ...Object.fromEntries(present) } as InitializerConfig;
}

function expectDistribution(who: string, distribution: unknown): void {
  if (development && distribution === 'normal') {
    const rule = "distribution must be 'truncatedNormal', which tfjs calls normal, or 'untruncatedNormal'";
    throw new MoeError(who, rule, distribution);
  }
  expectOneOf(who, 'distribution', distribution, distributions);
}

/** tfjs's uniform laws that have a name of their own. */
const uniform: Readonly<Record<string, ScaledInitializer>> = {
  '1 fanAvg': 'glorotUniform',
  '2 fanIn': 'heUniform',
  '1 fanIn': 'lecunUniform',
};

/** The config of the same law, unchecked: `kind` may be a class that has no equal. */
function fromTfjs({ className, config }: TfjsClass): {
  readonly kind: string;
  readonly [option: string]: unknown;
} {
  const { seed, minval, min_val = minval, maxval, max_val = maxval, ...rest } = config;
  const seeded = seed != null && { seed };
  if (lettersOf(className) !== 'variancescaling') {
    return {
      kind: className,
      ...rest,
      ...(min_val !== undefined && { min: min_val }),
      ...(max_val !== undefined && { max: max_val }),
      ...seeded,
    };
  }
  const { scale = 1, mode = 'fanIn', distribution = 'normal', ...stray } = rest;
  const way = modes.find((name) => lettersOf(name) === lettersOf(String(mode))) ?? mode;
  const kind = distribution === 'uniform' ? uniform[`${scale} ${way}`] : undefined;
  if (kind !== undefined) return { kind, ...stray, ...seeded };
  const law = distribution === 'normal' ? 'truncatedNormal' : distribution;
  return { kind: 'varianceScaling', ...stray, scale, mode: way, distribution: law, ...seeded };
}
