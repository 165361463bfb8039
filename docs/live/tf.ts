/**
 * The parts of TensorFlow.js that the live examples use. They run on the cpu backend: at these sizes a step takes about
 * as long as handing it to a GPU.
 */
import '@tensorflow/tfjs-backend-cpu';
import { enableProdMode } from '@tensorflow/tfjs-core';

export * from '@tensorflow/tfjs-core';
export { type Sequential, sequential } from '@tensorflow/tfjs-layers';

enableProdMode();
