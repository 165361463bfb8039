import { expect, test } from 'vitest';
import { insteadOfLayerOption } from '../../src/hints/layer.ts';

test.each([
  [
    'shared: sharedExperts({ expert: ffn({ hiddenUnits: 256 }) })',
    'numSharedExperts nSharedExperts sharedExpert sharedExpertIntermediateSize',
  ],
  ['experts: 8', 'numExperts nExperts numLocalExperts expertCount nRoutedExperts'],
  ['gate: topK({ k: 2 })', 'topK k numExpertsPerToken numExpertsPerTok expertsPerToken'],
  ['gate: topK({ k: 2, router: ... })', 'router gateRouter gatingNetwork gateNetwork'],
  ['gate: noisyTopK({ k: 2 })', 'noise noisyGating noiseStddev noiseEpsilon'],
  ['gate: switchGate({ jitter: 0.01 })', 'jitter jitterNoise routerJitterNoise'],
  ['capacity: { factor: 1.25 }', 'capacityFactor trainCapacityFactor evalCapacityFactor'],
  ['capacity: 64, tokens per expert', 'expertCapacity tokensPerExpert minCapacity'],
  [
    'balance: [switchLoss({ weight: 0.01 })]',
    'loss losses auxLoss auxiliaryLoss auxLossWeight auxLossCoef auxLossCoeff balanceLoss balanceWeight ' +
      'loadBalancing loadBalancingLoss loadBalanceWeight routerAuxLossCoef',
  ],
  ['balance: [zLoss({ weight: 0.001 })]', 'zLoss zLossWeight zLossCoef routerZLossCoef'],
  ['balance: [loadLoss(), importanceLoss()]', 'loadLoss importanceLoss switchLoss'],
  [
    'expert: ffn({ hiddenUnits: 256 })',
    'hiddenUnits hiddenSize hiddenDim dHidden dFf ffnDim intermediateSize expertHiddenUnits activation useBias ' +
      'kernelInitializer biasInitializer',
  ],
  ["constraints: weightConstraints({ expertKernel: 'maxNorm' })", 'kernelConstraint biasConstraint'],
  ['dropout: expertDropout({ hidden: 0.1 })', 'dropout dropoutRate expertDropout'],
  [
    'regularizers: weightRegularizers({ expertKernel: tf.regularizers.l2({ l2: 0.0001 }) })',
    'kernelRegularizer biasRegularizer activityRegularizer',
  ],
  ['units: 64', 'outputDim outDim outputSize outputUnits dModel features'],
  ['inputShape: [64], or nothing', 'inputDim inputSize dim inDim'],
  [
    'the mixture itself, without tf.layers.bidirectional: it sees every time step alone, so no direction',
    'goBackwards returnSequences returnState stateful unroll',
  ],
])('%s is written instead of %s', (mend, names) => {
  for (const name of names.split(' ')) {
    expect([name, insteadOfLayerOption(name)]).toEqual([name, mend]);
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    expect(insteadOfLayerOption(snake)).toBe(mend);
  }
});

test('a slip in a name of the layer itself is no name from elsewhere', () => {
  for (const name of [
    'expert_',
    'gates',
    'unts',
    'capasity',
    'dispach',
    'balanced',
    'sead',
    'nonfinit',
    'recordRoute',
  ]) {
    expect([name, insteadOfLayerOption(name)]).toEqual([name, undefined]);
  }
});
