import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  type LayerVariable,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { defineGate, type GateFactory } from '@tfjs-moe/core';
import { layerExperts } from '../experts/layer-experts.ts';
import { type MixtureOfExperts, mixtureOfExperts } from '../mixture-of-experts.ts';

/** A way of placing a layer in a model that is the mean of the layer's outputs over a number of inputs. */
export interface Composition {
  readonly name: string;
  /** Inputs of the model, each of which the layer sees once. */
  readonly inputs: number;
  /** The model around a layer, for inputs of so many features. */
  build(layer: MixtureOfExperts, features: number): LayersModel;
}

/** Where tfjs lets a layer stand. */
export const compositions: readonly Composition[] = [
  { name: 'a model', inputs: 1, build: (layer, features) => around(layer, features) },
  {
    name: 'a functional model in a functional model',
    inputs: 1,
    build: (layer, features) => around(around(layer, features), features),
  },
  {
    name: 'a sequential model in a functional model',
    inputs: 1,
    build: (layer, features) => around(sequence(layer, features), features),
  },
  {
    name: 'a functional model in a sequential model',
    inputs: 1,
    build: (layer, features) => sequence(around(layer, features), features),
  },
  {
    name: 'a model in a model in a model',
    inputs: 1,
    build: (layer, features) => around(around(around(layer, features), features), features),
  },
  { name: 'two places of one model', inputs: 2, build: (layer, features) => onEach(layer, 2, features) },
  {
    name: 'a siamese encoder',
    inputs: 2,
    build: (layer, features) => onEach(around(layer, features), 2, features),
  },
  {
    name: 'timeDistributed',
    inputs: 3,
    build(layer, features) {
      const xs = inputsOf(3, features);
      const steps = layers
        .reshape({ targetShape: [3, features] })
        .apply(layers.concatenate().apply(xs)) as SymbolicTensor;
      const ys = layers.timeDistributed({ layer: layer as never }).apply(steps) as SymbolicTensor;
      return functional({
        inputs: xs,
        outputs: layers.globalAveragePooling1d({}).apply(ys) as SymbolicTensor,
      });
    },
  },
  {
    name: 'a layer of its own that calls it in tf.tidy',
    inputs: 1,
    build: (layer, features) => around(new Holder({ layer }), features),
  },
  {
    name: 'a layer of its own in a siamese encoder',
    inputs: 2,
    build: (layer, features) => onEach(around(new Holder({ layer }), features), 2, features),
  },
  {
    name: 'the experts of another mixture',
    inputs: 1,
    build: (layer, features) => around(asExpert(layer), features),
  },
  {
    name: 'the experts of the experts of another mixture',
    inputs: 1,
    build: (layer, features) => around(asExpert(asExpert(layer)), features),
  },
  {
    name: 'a model among the experts of another mixture',
    inputs: 1,
    build: (layer, features) => around(asExpert(sequence(layer, features)), features),
  },
];

/** Models are layers, though their types do not say so. */
type Body = layers.Layer | LayersModel;

function around(body: Body, features: number): LayersModel {
  return onEach(body, 1, features);
}

/** The mean of what a layer makes of each input. */
function onEach(body: Body, inputs: number, features: number): LayersModel {
  const xs = inputsOf(inputs, features);
  // The last branch of a model is computed first, and the layer's noise depends on the order of its calls.
  const ys = xs.map((x) => body.apply(x) as SymbolicTensor).reverse();
  const [only, ...others] = ys as [SymbolicTensor, ...SymbolicTensor[]];
  const outputs = others.length === 0 ? only : (layers.average().apply(ys) as SymbolicTensor);
  return functional({ inputs: xs, outputs });
}

function sequence(body: Body, features: number): LayersModel {
  return sequential({ layers: [layers.inputLayer({ inputShape: [features] }), body as layers.Layer] });
}

function inputsOf(inputs: number, features: number): SymbolicTensor[] {
  return Array.from({ length: inputs }, () => input({ shape: [features] }));
}

/** Sends every token to the only expert, with weight 1. */
const onlyExpert: GateFactory<[]> = /* @__PURE__ */ defineGate('onlyExpert', () => ({
  config: {},
  expertsPerToken: () => 1,
  params: () => ({}),
  route(ops, x) {
    const logits = ops.mul(ops.dot(x, x), ops.constant(0));
    const ones = ops.add(logits, ops.constant(1));
    return { logits, scores: logits, probabilities: ones, choices: [ones], weights: ones };
  },
}));

function asExpert(layer: Body): MixtureOfExperts {
  return mixtureOfExperts({
    experts: 1,
    gate: onlyExpert(),
    expert: layerExperts(() => layer as layers.Layer),
    seed: 1,
  });
}

type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;
type Given = ConstructorParameters<typeof MixtureOfExperts>[0];

/** A layer that holds another one, as tfjs advises to write it. */
class Holder extends layers.Layer {
  /** @nocollapse */
  static className = 'TfjsMoeTestingHolder';
  private readonly inner: layers.Layer;

  constructor({ layer, ...args }: LayerArgs & { layer: layers.Layer }) {
    super(args);
    this.inner = layer;
  }

  override build(inputShape: (number | null)[]): void {
    this.inner.build(inputShape);
    this.inner.built = true;
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
    return this.inner.computeOutputShape(inputShape) as (number | null)[];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor {
    return tf.tidy(() => this.inner.apply([inputs].flat()[0]!, kwargs) as tf.Tensor);
  }

  override calculateLosses(): tf.Scalar[] {
    return [...super.calculateLosses(), ...this.inner.calculateLosses()];
  }

  // The base constructor asks for weights before there is a layer.
  override get trainableWeights(): LayerVariable[] {
    return this.inner?.trainableWeights ?? [];
  }
  override set trainableWeights(_weights: LayerVariable[]) {}

  override get nonTrainableWeights(): LayerVariable[] {
    return this.inner?.nonTrainableWeights ?? [];
  }
  override set nonTrainableWeights(_weights: LayerVariable[]) {}

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      layer: { className: this.inner.getClassName(), config: this.inner.getConfig() },
    };
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    holder: tf.serialization.SerializableConstructor<T>,
    { layer, ...config }: tf.serialization.ConfigDict,
  ): T {
    const { config: given } = layer as unknown as { readonly config: Given };
    return new holder({ ...config, layer: mixtureOfExperts(given) } as never);
  }
}

tf.serialization.registerClass(Holder);
