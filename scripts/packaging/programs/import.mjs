import * as tf from '@tensorflow/tfjs';
import { ffn, mixtureOfExperts, topK } from 'tfjs-moe';
import { trainAndReload } from './train-and-reload.mjs';

await trainAndReload(tf, { mixtureOfExperts, topK, ffn });
