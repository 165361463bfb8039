import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import { floats, isHeld, type Masks, masked, ownMask } from '@tfjs-moe/layers/writing';

/** Options of every layer. */
export type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/**
 * A layer from [batch, ..., D] to the same shape that hands masks on, and to which padding is 0, whatever stands there.
 */
export abstract class SequenceLayer extends layers.Layer {
  private held = false;

  constructor(args: LayerArgs) {
    super(args);
    this.supportsMasking = true;
  }

  /** The output for an input of floats, whose padding is 0. */
  protected abstract transform(x: tf.Tensor, mask: tf.Tensor | undefined): tf.Tensor;

  override build(inputShape: Shape | Shape[]): void {
    this.held = isHeld(this.name, this.weights);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs?: Parameters<layers.Layer['call']>[1]): tf.Tensor {
    return tf.tidy(() => {
      const list = [inputs].flat();
      const [x] = list as [tf.Tensor];
      if (list.length !== 1) throw new MoeError(this.name, 'there must be one input', list.length);
      const called = { nodes: this.inboundNodes, held: this.held, withList: Array.isArray(inputs) };
      const mask = ownMask(x, kwargs?.mask as Masks, called);
      const values = this.numbers(x);
      if (mask === undefined) return this.transform(values, undefined);
      const outer = x.shape.slice(0, -1);
      if (!tf.util.arraysEqual(mask.shape, outer))
        throw new MoeError(
          this.name,
          `the mask must have the axes [${outer.join(', ')}] of the input`,
          mask.shape,
        );
      return this.transform(masked(values, columnOf(mask)), mask);
    });
  }

  private numbers(x: tf.Tensor): tf.Tensor {
    if (x.dtype === 'float32') return x;
    if (x.dtype === 'int32' || x.dtype === 'bool') return floats(x);
    throw new MoeError(this.name, 'the input must be of float32, int32 or bool', x.dtype);
  }
}

/** A mask [...] as 0/1 [..., 1], which broadcasts against what it is the mask of. */
export function columnOf(mask: tf.Tensor): tf.Tensor {
  return tf.expandDims(floats(tf.notEqual(floats(mask), 0)), -1);
}

/** The shape of the only input. */
export function onlyShape(inputShape: Shape | Shape[]): Shape {
  return (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
}

/** The last axis of the only input, which has to be known. */
export function featuresOf(who: string, inputShape: Shape | Shape[]): number {
  const shape = onlyShape(inputShape);
  const features = shape[shape.length - 1];
  if (features == null || shape.length < 2)
    throw new MoeError(who, 'the input must have a batch axis and a last axis of known size', shape);
  return features;
}
