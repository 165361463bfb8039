/**
 * What a run ran on.
 */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';

export function versions(backend: string): [name: string, value: string][] {
  return [
    ['TensorFlow.js', tf.version.tfjs],
    ['backend', backend],
    ['Node.js', process.versions.node],
    ['platform', `${process.platform} ${process.arch}, ${availableParallelism()} cores`],
    ['date', new Date().toISOString().slice(0, 16).replace('T', ' ')],
  ];
}
