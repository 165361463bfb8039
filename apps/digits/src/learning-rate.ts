/**
 * The step size of training: it falls in a straight line to zero, which lets the last steps settle.
 *
 * TensorFlow.js has no schedules, but its Adam reads this field, which only TypeScript hides, at every step.
 */
import type * as tf from '@tensorflow/tfjs';

const FIRST = 0.004;

/** @param done share of the training that is done, from 0 to 1 */
export function setLearningRate(optimizer: tf.Optimizer, done: number): void {
  (optimizer as unknown as { learningRate: number }).learningRate = FIRST * (1 - done);
}
