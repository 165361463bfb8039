/** Small mixtures with every kind of certificate. */
import { defineGate, type Gate } from '@tfjs-moe/core';
import { constant, ffn, linear, polynomial } from '@tfjs-moe/experts';
import { cosineRouter, hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import type { CertificateOptions } from '@tfjs-moe/theory';

const ridge = (activation: 'gelu' | 'tanh' | 'relu' | 'softplus' | 'geluTanh' | 'silu') =>
  ffn({ hiddenUnits: [], activation, outputWeights: false });

const small = { inputDim: 1, experts: 2 } as const;

/** A gate of somebody else, with no word on its form. */
function unspoken(gate: Gate): Gate {
  const { router, params, expertsPerToken, route } = gate;
  return defineGate('unspoken', () => ({
    config: {},
    ...(router && { router }),
    params,
    expertsPerToken,
    route,
  }))();
}

const deepSeek = topK({
  k: 2,
  weighting: sigmoid({ normalize: true }),
  selectionBias: true,
  weightScale: 2.5,
});

/** What is asked, and what the verifier says of it. */
export const certified: Readonly<Record<string, readonly [CertificateOptions, string]>> = {
  'softmax with tanh': [{ ...small, gate: softmax(), expert: ridge('tanh') }, 'linearly independent'],
  'softmax with tanh, second order': [
    { ...small, gate: softmax(), expert: ridge('tanh'), question: 'second order' },
    'the second-order criterion holds',
  ],
  'softmax with linear experts, second order': [
    { ...small, gate: softmax(), expert: linear(), question: 'second order' },
    'the second-order criterion fails',
  ],
  'temperature with gelu': [
    { ...small, gate: temperature(), expert: ridge('gelu') },
    '1 of the 7 derivatives depend on others, and the 6 others are independent',
  ],
  'temperature with gelu, second order': [
    { ...small, gate: temperature(), expert: ridge('gelu'), question: 'second order' },
    '1 of the 7 derivatives depend on others',
  ],
  'softmax over cosine with the tanh form of gelu': [
    { inputDim: 2, experts: 3, gate: softmax({ router: cosineRouter() }), expert: ridge('geluTanh') },
    'depend on others',
  ],
  'sigmoid with relu': [
    { ...small, gate: sigmoid(), expert: ridge('relu') },
    'linearly independent at these parameters; off kinks and ties',
  ],
  'normalised sigmoid with silu': [
    { ...small, gate: sigmoid({ normalize: true }), expert: ridge('silu') },
    'linearly independent',
  ],
  'top-2 of three with softplus': [
    { inputDim: 1, experts: 3, gate: topK({ k: 2 }), expert: ridge('softplus') },
    'linearly independent at these parameters; off kinks and ties',
  ],
  'a tree of softmaxes': [
    { inputDim: 1, experts: 4, gate: hierarchical({ groups: 2 }), expert: ridge('tanh') },
    'linearly independent',
  ],
  'a tree with known masses, second order': [
    {
      inputDim: 1,
      experts: 4,
      gate: hierarchical({ groups: 2 }),
      expert: ridge('tanh'),
      known: ['gate/inner/bias', 'expert#3'],
      question: 'second order',
    },
    'the second-order criterion holds',
  ],
  'a tree whose groups have one expert each, second order': [
    {
      inputDim: 1,
      experts: 2,
      gate: hierarchical({ groups: 2 }),
      expert: ridge('tanh'),
      question: 'second order',
    },
    'the second-order criterion fails',
  ],
  'a tree of three levels, second order': [
    {
      inputDim: 1,
      experts: 4,
      gate: hierarchical({ groups: 2, inner: hierarchical({ groups: 2 }) }),
      expert: constant(),
      question: 'second order',
    },
    'the second-order criterion fails',
  ],
  'relu with output weights': [
    { ...small, gate: softmax(), expert: ffn({ hiddenUnits: [1], activation: 'relu' }) },
    'depend on others, and the',
  ],
  'a temperature and an expert that are known, second order': [
    {
      ...small,
      gate: temperature(),
      expert: ridge('gelu'),
      known: ['gate/temperature', 'expert#0'],
      question: 'second order',
    },
    'the second-order criterion holds',
  ],
  'lines with one bias, second order': [
    { ...small, gate: softmax(), expert: linear(), tied: ['expert/bias'], question: 'second order' },
    'the second-order criterion fails',
  ],
  'an expert that is always there': [
    { ...small, gate: softmax(), expert: linear(), sharedExperts: 1 },
    '2 of the 8 derivatives depend on others, and the 6 others are independent',
  ],
  'polynomials, second order': [
    { ...small, gate: softmax(), expert: polynomial({ degree: 2 }), question: 'second order' },
    'the second-order criterion fails',
  ],
  'sigmoid with tanh, second order': [
    { ...small, gate: sigmoid(), expert: ridge('tanh'), question: 'second order' },
    'the second-order criterion holds at these parameters, for the over-fitted atoms 0; their gates are constant',
  ],
  'sigmoid with one bias of all experts, both over-fitted, second order': [
    {
      ...small,
      gate: sigmoid(),
      expert: ridge('tanh'),
      tied: ['expert/layer_1/bias'],
      overSpecified: [0, 1],
      question: 'second order',
    },
    'for the over-fitted atoms 0, 1; their gates are constant',
  ],
  'sigmoid with lines, second order': [
    { ...small, gate: sigmoid(), expert: linear(), question: 'second order' },
    'the second-order criterion fails',
  ],
  'normalised sigmoid of somebody else with lines, second order': [
    { ...small, gate: unspoken(sigmoid({ normalize: true })), expert: linear(), question: 'second order' },
    'the second-order criterion fails',
  ],
  'top-1 of two with tanh, second order': [
    {
      ...small,
      gate: topK({ k: 1, biasInSelection: false, weightScale: 0.5 }),
      expert: ridge('tanh'),
      question: 'second order',
    },
    'the second-order criterion holds at these parameters, for the over-fitted atoms 0; the selection is held fixed',
  ],
  'top-2 of three with lines, second order': [
    { inputDim: 1, experts: 3, gate: topK({ k: 2 }), expert: linear(), question: 'second order' },
    'the second-order criterion fails',
  ],
  'sigmoids of selected experts over their sum, second order': [
    { inputDim: 1, experts: 3, gate: deepSeek, expert: ridge('tanh'), question: 'second order' },
    'their gates are constant in the input (regime 1); the selection is held fixed',
  ],
  'numbers of gate and experts that are tied': [
    {
      ...small,
      gate: softmax(),
      expert: linear(),
      tied: ['gate/router/kernel[0]#0 = expert/bias[0]#1', 'expert/kernel[0,0]'],
    },
    'linearly independent',
  ],
  'numbers of an atom and of two that are tied, second order': [
    {
      inputDim: 2,
      experts: 2,
      gate: softmax(),
      expert: ridge('tanh'),
      tied: [
        'expert/layer_1/kernel[0,0]#0 = expert/layer_1/kernel[1,0]#0',
        'expert/layer_1/bias[0]',
        'gate/router/kernel[0]#0 = gate/router/kernel[1]#0',
      ],
      question: 'second order',
    },
    'the second-order criterion holds',
  ],
  'lines with one tied slope, second order': [
    {
      ...small,
      gate: softmax(),
      expert: linear(),
      tied: ['expert/kernel[0,0]#0 = expert/bias[0]#0'],
      question: 'second order',
    },
    'the second-order criterion fails',
  ],
};
