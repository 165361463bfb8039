/**
 * What to write instead of options that other libraries have, or that belong to a part of the layer; names are compared
 * by their letters, so `num_experts` is `numExperts`.
 */
export const insteadOf: Readonly<Record<string, string>> = {
  ...to('experts: 8', ['numExperts', 'nExperts', 'numLocalExperts', 'expertCount', 'nRoutedExperts']),
  ...to('gate: topK({ k: 2 })', ['topK', 'k', 'numExpertsPerToken', 'numExpertsPerTok', 'expertsPerToken']),
  ...to('gate: topK({ k: 2, router: ... })', ['router', 'gateRouter', 'gatingNetwork', 'gateNetwork']),
  ...to('gate: noisyTopK({ k: 2 })', ['noise', 'noisyGating', 'noiseStddev', 'noiseEpsilon']),
  ...to('gate: switchGate({ jitter: 0.01 })', ['jitter', 'jitterNoise', 'routerJitterNoise']),
  ...to('capacity: { factor: 1.25 }', ['capacityFactor', 'trainCapacityFactor', 'evalCapacityFactor']),
  ...to('capacity: 64, tokens per expert', ['expertCapacity', 'tokensPerExpert', 'minCapacity']),
  ...to('balance: [switchLoss({ weight: 0.01 })]', [
    ...[
      'loss',
      'losses',
      'auxLoss',
      'auxiliaryLoss',
      'auxLossWeight',
      'auxLossCoef',
      'auxLossCoeff',
      'balanceLoss',
    ],
    ...['balanceWeight', 'loadBalancing', 'loadBalancingLoss', 'loadBalanceWeight', 'routerAuxLossCoef'],
  ]),
  ...to('balance: [zLoss({ weight: 0.001 })]', ['zLoss', 'zLossWeight', 'zLossCoef', 'routerZLossCoef']),
  ...to('balance: [loadLoss(), importanceLoss()]', ['loadLoss', 'importanceLoss', 'switchLoss']),
  ...to('expert: ffn({ hiddenUnits: 256 })', [
    ...[
      'hiddenUnits',
      'hiddenSize',
      'hiddenDim',
      'dHidden',
      'dFf',
      'ffnDim',
      'intermediateSize',
      'expertHiddenUnits',
    ],
    ...['activation', 'useBias', 'kernelInitializer', 'biasInitializer'],
  ]),
  ...to('expert: layerExperts(() => tf.layers.dense({ ... })), whose layers have it', [
    ...['kernelRegularizer', 'biasRegularizer', 'activityRegularizer', 'kernelConstraint', 'biasConstraint'],
    ...['dropout', 'dropoutRate', 'expertDropout'],
  ]),
  ...to('units: 64', ['outputDim', 'outDim', 'outputSize', 'outputUnits', 'dModel', 'features']),
  ...to('inputShape: [64], or nothing', ['inputDim', 'inputSize', 'dim', 'inDim']),
  ...to(
    'the mixture itself, without tf.layers.bidirectional: it sees every time step alone, so no direction',
    [...['goBackwards', 'returnSequences', 'returnState', 'stateful', 'unroll']],
  ),
};

function to(mend: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, mend]));
}
