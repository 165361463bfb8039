import * as tf from '@tensorflow/tfjs-core';
import { SymbolicTensor, version_layers } from '@tensorflow/tfjs-layers';
import { MoeError } from '@tfjs-moe/core';
import { mendOfTwoCopies } from '@tfjs-moe/core/hints';
import { warn } from './warn.ts';

/** What a layer may be applied to. */
type Input = tf.Tensor | SymbolicTensor;

let said = false;

/**
 * Says so where the input of a layer was made by another copy of TensorFlow.js than the layer's own.
 *
 * Models of two copies cannot be mixed: a symbolic tensor of one is no symbolic tensor to the other, which takes it for
 * an array of numbers. Tensors can, because all copies share one engine, but a program that mixes them will meet the rest.
 *
 * @param who named in the error
 * @throws where the input is symbolic
 */
export function expectOneCopy(who: string, inputs: Input | readonly Input[]): void {
  for (const input of Array.isArray(inputs) ? (inputs as Input[]) : [inputs as Input]) {
    if (input === null || typeof input !== 'object') continue;
    if ('sourceLayer' in input && !(input instanceof SymbolicTensor)) {
      throw new MoeError(
        who,
        `its input belongs to a second copy of TensorFlow.js${mendOfTwoCopies(version_layers)}`,
      );
    }
    if (said || !('dataId' in input) || [tf.Tensor, tf.Variable].includes(input.constructor as never))
      continue;
    said = true;
    warn(who, `its input is a tensor of a second copy of TensorFlow.js${mendOfTwoCopies(version_layers)}`);
  }
}
