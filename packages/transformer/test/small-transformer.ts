import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ffn } from '@tfjs-moe/experts';
import { topK } from '@tfjs-moe/gates';
import { mixtureOfExperts, switchLoss } from '@tfjs-moe/layers';
import { causalSelfAttention, rmsNorm } from '../src/index.ts';

/** Two blocks over 7 tokens, of which 0 is padding. */
export function smallTransformer(): LayersModel {
  const tokens = input({ shape: [null] });
  let h = layers.embedding({ inputDim: 7, outputDim: 8, maskZero: true }).apply(tokens) as SymbolicTensor;
  const add = (...parts: layers.Layer[]) => {
    const y = parts.reduce((x, part) => part.apply(x) as SymbolicTensor, h);
    h = layers.add().apply([h, y]) as SymbolicTensor;
  };
  for (const block of [1, 2]) {
    const mixture = {
      name: `mixture${block}`,
      experts: 4,
      gate: topK({ k: 2 }),
      expert: ffn({ hiddenUnits: 8 }),
    };
    add(rmsNorm(), causalSelfAttention({ heads: 2, seed: block }));
    add(rmsNorm(), mixtureOfExperts({ ...mixture, balance: [switchLoss({ weight: 0.01 })], seed: block }));
  }
  const logits = layers.dense({ units: 7 }).apply(rmsNorm().apply(h)) as SymbolicTensor;
  return model({ inputs: tokens, outputs: logits });
}
