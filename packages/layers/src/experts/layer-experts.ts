import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { type Config, expectKnownOptions, expectOneOf, expectShallow, MoeError } from '@tfjs-moe/core';
import { lossesOf } from '../balance/losses-of.ts';
import { bring } from '../brought.ts';
import type { BankSource, LayerExperts, LayerExpertsOptions } from './bank-of.ts';
import type { ExpertBank } from './expert-bank.ts';
import { expectShallowLayers, makeInside } from './nesting.ts';
import { outputShape, poolings, sampleTokens } from './sample-tokens.ts';

/** What a saved model holds of each layer. */
interface LayerConfig {
  readonly className: string;
  readonly config: tf.serialization.ConfigDict;
}

/**
 * Experts that are tfjs layers: the escape hatch for what cannot be written in Ops, for example a user's own layer, a
 * normalisation, a convolution, or experts that differ from each other.
 *
 * Each expert sees rows [N, D] and returns rows [N, U]; with `tokens: 'samples'` it sees whole entries of the input's first
 * axis, [N, H, W, C] of pictures, which the gate routes by their pooled features. One product per layer instead of one for
 * all experts: slower than experts written in Ops, and neither `theory` nor `estimators` can judge them.
 *
 * Source: the layer's own; of samples routed by their mean, Pavlitska et al., "Sparsely-gated Mixture-of-Expert Layers for
 * CNN Interpretability" (2022), and Yang et al., "CondConv" (2019).
 *
 * @param create called once for each expert, returns a new layer; all must return the same number of features, or samples of
 * the same shape
 * @throws MoeError for what is no factory of layers, or an option that it does not know
 * @example layerExperts((e) => tf.layers.dense({ units: 8, activation: e === 0 ? 'linear' : 'tanh' }))
 * @example layerExperts(() => tf.layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same' }), { tokens: 'samples' })
 */
export const layerExperts: (
  create: (expert: number) => layers.Layer,
  options?: LayerExpertsOptions,
) => LayerExperts = /* @__PURE__ */ defineLayerExperts();

const WHO = 'layerExperts';

function defineLayerExperts(): typeof layerExperts {
  bring('layers', layerBank);
  return (create, options = {}) => {
    if (typeof create !== 'function') {
      throw new MoeError(WHO, 'create must be a function from the number of an expert to a layer', create);
    }
    return Object.freeze({ role: 'layerExperts', create, options: checkedOptions(options) });
  };
}

/** With defaults filled in, as far as they differ from what older models do. */
function checkedOptions(given: LayerExpertsOptions): LayerExpertsOptions {
  expectKnownOptions(WHO, given, ['tokens', 'pooling']);
  const tokens = expectOneOf(WHO, 'tokens', given.tokens ?? 'positions', ['positions', 'samples']);
  const pooling = expectOneOf(WHO, 'pooling', given.pooling ?? 'mean', poolings);
  if (tokens === 'samples') return { tokens, pooling };
  if (given.pooling === undefined) return {};
  throw new MoeError(WHO, "pooling is for tokens: 'samples'", given.pooling);
}

/** The bank of such experts, from their factory or from the config of a saved model. */
export function layerBank(source: BankSource, experts: number): ExpertBank {
  const { children, options } =
    'create' in source ? created(source as LayerExperts, experts) : restored(source as Config, experts);
  const samples = options.pooling && sampleTokens(children, options.pooling);
  return {
    samples,
    heldBy: (who, mixture) => expectShallowLayers(who, mixture, children),
    config: () => ({ kind: 'layers', layers: children.map(configOf), ...options }) as unknown as Config,
    ownUnits: (inputDim) => samples?.units() ?? commonUnits(children, inputDim),
    params: () => ({}),
    build({ inputDim }) {
      tf.tidy(() => {
        const row = tf.zeros<tf.Rank.R2>([1, inputDim]);
        for (const child of children) child.apply(samples?.unflatten(row) ?? row);
      });
    },
    parametersPerExpert: () => children.reduce((sum, child) => sum + child.countParams(), 0) / experts,
    run: (dispatched, training) =>
      dispatched.eachExpert(
        // Rows that are another expert's, or nobody's, are padding to a layer that looks at masks.
        (x_ND, e, counts_N) => {
          const given = { training, ...(counts_N && { mask: counts_N }) };
          const output = children[e]!.apply(samples?.unflatten(x_ND) ?? x_ND, given) as tf.Tensor2D;
          return samples ? tf.reshape(output, [x_ND.shape[0], samples.outputDim()]) : output;
        },
      ),
    losses: () => children.flatMap(lossesOf),
    stored: {},
    children,
  };
}

/** Layers, and what they are given. */
interface Children {
  readonly children: readonly layers.Layer[];
  readonly options: LayerExpertsOptions;
}

function created({ create, options }: LayerExperts, experts: number): Children {
  const children = Array.from({ length: experts }, (_, expert) => {
    const child = makeInside(WHO, () => create(expert));
    if (!isLayer(child)) throw new MoeError(WHO, `create(${expert}) must return a tf.layers.Layer`, child);
    // Automatic names count all layers of the process, so a model saved twice would name its weights differently.
    child.name = `expert_${expert}`;
    return child;
  });
  return { children, options };
}

/** The layers of a saved model, or an error that says what is wrong with their list. */
function restored({ kind, ...config }: Config, experts: number): Children {
  expectShallow(WHO, config);
  expectKnownOptions(WHO, config, ['layers', 'tokens', 'pooling']);
  const { layers: list, ...options } = config as { layers?: unknown };
  if (!Array.isArray(list)) {
    throw new MoeError(WHO, `a config of kind ${kind} needs a list of layers { className, config }`, list);
  }
  if (list.length !== experts) {
    throw new MoeError(WHO, `the config must have one layer for each of the ${experts} experts`, list.length);
  }
  const children = Array.from(list, (entry: unknown, expert) => {
    if (typeof entry !== 'object' || entry === null) {
      throw new MoeError(WHO, `layer ${expert} of the config must be { className, config }`, entry);
    }
    expectKnownOptions(`${WHO}: layer ${expert} of the config`, entry, ['className', 'config']);
    const { className, config: options } = entry as Partial<LayerConfig>;
    if (typeof className !== 'string' || typeof options !== 'object' || options === null) {
      throw new MoeError(WHO, `layer ${expert} of the config must be { className, config }`, entry);
    }
    return layerOf(className, options, expert);
  });
  if ('tokens' in options && !('pooling' in options))
    throw new MoeError(WHO, 'this saved config is damaged: it lacks pooling');
  return { children, options: checkedOptions(options) };
}

function layerOf(className: string, options: tf.serialization.ConfigDict, expert: number): layers.Layer {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  if (!Object.hasOwn(classNameMap, className)) {
    throw new MoeError(WHO, 'unknown layer class; import the module that registers it', className);
  }
  const [layerClass, fromConfig] = classNameMap[className]!;
  const child: unknown = fromConfig(layerClass, options);
  if (isLayer(child)) return child;
  throw new MoeError(WHO, `layer ${expert} of the config must be of a class of layers`, className);
}

/** Layers of any copy of tfjs, known by their shape. */
function isLayer(value: unknown): value is layers.Layer {
  const { apply, computeOutputShape, countParams } = (value ?? {}) as Partial<layers.Layer>;
  return [apply, computeOutputShape, countParams].every((method) => typeof method === 'function');
}

function configOf(child: layers.Layer): LayerConfig {
  return { className: child.getClassName(), config: child.getConfig() };
}

function commonUnits(children: readonly layers.Layer[], inputDim: number): number {
  const units = children.map((child) => outputShape(child, [null, inputDim]).at(-1));
  const first = units[0];
  if (typeof first === 'number' && units.every((other) => other === first)) return first;
  throw new MoeError(WHO, 'all experts must return the same number of features', units);
}
