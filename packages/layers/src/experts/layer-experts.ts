import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers, Shape } from '@tensorflow/tfjs-layers';
import { type Config, expectKnownOptions, expectShallow, MoeError } from '@tfjs-moe/core';
import { lossesOf } from '../balance/losses-of.ts';
import { bring } from '../brought.ts';
import type { BankSource, LayerExperts } from './bank-of.ts';
import type { ExpertBank } from './expert-bank.ts';
import { expectShallowLayers, makeInside } from './nesting.ts';

/** What a saved model holds of each layer. */
interface LayerConfig {
  readonly className: string;
  readonly config: tf.serialization.ConfigDict;
}

/**
 * Experts that are tfjs layers: the escape hatch for what cannot be written in Ops, for example a user's own layer, a
 * normalisation, or experts that differ from each other.
 *
 * Each expert sees rows [N, D] and returns rows [N, U]. One product per layer instead of one for all experts: slower than
 * experts written in Ops, and neither `theory` nor `estimators` can judge them.
 *
 * Experts from a factory of layers, called once for each expert; the layers may differ.
 *
 * @param create returns a new layer from [N, D] to [N, U]; all experts must agree on U
 * @example layerExperts((e) => tf.layers.dense({ units: 8, activation: e === 0 ? 'linear' : 'tanh' }))
 */
export const layerExperts: (create: (expert: number) => layers.Layer) => LayerExperts =
  /* @__PURE__ */ defineLayerExperts();

function defineLayerExperts(): typeof layerExperts {
  bring('layers', layerBank);
  return (create) => {
    if (typeof create !== 'function') {
      throw new MoeError(
        'layerExperts',
        'create must be a function from the number of an expert to a layer',
        create,
      );
    }
    return Object.freeze({ role: 'layerExperts', create });
  };
}

/** The bank of such experts, from their factory or from the config of a saved model. */
export function layerBank(source: BankSource, experts: number): ExpertBank {
  const children =
    'create' in source ? created(source as LayerExperts, experts) : restored(source as Config, experts);
  return {
    heldBy: (who, mixture) => expectShallowLayers(who, mixture, children),
    config: () => ({ kind: 'layers', layers: children.map(configOf) }) as unknown as Config,
    ownUnits: (inputDim) => commonUnits(children, inputDim),
    params: () => ({}),
    build({ inputDim }) {
      tf.tidy(() => {
        for (const child of children) child.apply(tf.zeros([1, inputDim]));
      });
    },
    parametersPerExpert: () => children.reduce((sum, child) => sum + child.countParams(), 0) / experts,
    run: (dispatched, training) =>
      dispatched.eachExpert(
        // Rows that are another expert's, or nobody's, are padding to a layer that looks at masks.
        (x_ND, e, counts_N) =>
          children[e]!.apply(x_ND, {
            training,
            ...(counts_N && { mask: counts_N }),
          }) as tf.Tensor2D,
      ),
    losses: () => children.flatMap(lossesOf),
    stored: {},
    children,
  };
}

function created({ create }: LayerExperts, experts: number): layers.Layer[] {
  return Array.from({ length: experts }, (_, expert) => {
    const child = makeInside('layerExperts', () => create(expert));
    if (!isLayer(child)) {
      throw new MoeError('layerExperts', `create(${expert}) must return a tf.layers.Layer`, child);
    }
    // Automatic names count all layers of the process, so a model saved twice would name its weights differently.
    child.name = `expert_${expert}`;
    return child;
  });
}

/** The layers of a saved model, or an error that says what is wrong with their list. */
function restored({ kind, ...config }: Config, experts: number): layers.Layer[] {
  const who = 'layerExperts';
  expectShallow(who, config);
  expectKnownOptions(who, config, ['layers']);
  const list: unknown = config.layers;
  if (!Array.isArray(list)) {
    throw new MoeError(who, `a config of kind ${kind} needs a list of layers { className, config }`, list);
  }
  if (list.length !== experts) {
    throw new MoeError(who, `the config must have one layer for each of the ${experts} experts`, list.length);
  }
  return Array.from(list, (entry: unknown, expert) => {
    if (typeof entry !== 'object' || entry === null) {
      throw new MoeError(who, `layer ${expert} of the config must be { className, config }`, entry);
    }
    expectKnownOptions(`${who}: layer ${expert} of the config`, entry, ['className', 'config']);
    const { className, config: options } = entry as Partial<LayerConfig>;
    if (typeof className !== 'string' || typeof options !== 'object' || options === null) {
      throw new MoeError(who, `layer ${expert} of the config must be { className, config }`, entry);
    }
    return layerOf(className, options, expert);
  });
}

function layerOf(className: string, options: tf.serialization.ConfigDict, expert: number): layers.Layer {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  if (!Object.hasOwn(classNameMap, className)) {
    throw new MoeError('layerExperts', 'unknown layer class; import the module that registers it', className);
  }
  const [layerClass, fromConfig] = classNameMap[className]!;
  const child: unknown = fromConfig(layerClass, options);
  if (isLayer(child)) return child;
  throw new MoeError('layerExperts', `layer ${expert} of the config must be of a class of layers`, className);
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
  const units = children.map((child) => outputShape(child, inputDim).at(-1));
  const first = units[0];
  if (typeof first === 'number' && units.every((other) => other === first)) return first;
  throw new MoeError('layerExperts', 'all experts must return the same number of features', units);
}

/** A whole model knows its output; a layer computes it. */
function outputShape(child: layers.Layer, inputDim: number): Shape {
  const { outputs } = child as Partial<LayersModel>;
  return (outputs?.[0]?.shape ?? child.computeOutputShape([null, inputDim])) as Shape;
}
