import type { Shape } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';

/**
 * The shapes of several equal outputs.
 *
 * `timeDistributed` takes what it finds for the shape of one output and cuts its first axis off; it would make a model of
 * nonsense that fails when it is called. Nobody else cuts a list of shapes, so the list says then what is wrong.
 */
export function outputShapes(who: string, outputs: number, shape: Shape): Shape[] {
  const shapes = Array.from({ length: outputs }, () => [...shape]);
  Object.defineProperty(shapes, 'slice', {
    value: () => {
      throw new MoeError(
        who,
        'has several outputs, so it cannot stand in tf.layers.timeDistributed; it takes sequences as they are, [batch, steps, features]',
      );
    },
  });
  return shapes;
}
