/**
 * Registers the layers and the optimiser: `import '@tfjs-moe/transformer/register'` in a program that loads models of unknown
 * content. They register themselves, but a bundler drops those that nothing uses.
 */
import * as tf from '@tensorflow/tfjs-core';
import { AdamW } from './adam-w.ts';
import { CausalSelfAttention } from './causal-self-attention.ts';
import { RmsNorm } from './rms-norm.ts';

tf.serialization.registerClass(AdamW);
tf.serialization.registerClass(CausalSelfAttention);
tf.serialization.registerClass(RmsNorm);
