import { lettersOf } from '../letters.ts';

const mends: readonly (readonly [names: RegExp, mend: string])[] = [
  [/shared/, 'shared: sharedExperts({ expert: ffn({ hiddenUnits: 256 }) })'],
  [/^n.*experts$|^expertcount$/, 'experts: 8'],
  [/^(top)?k$|expertspertok/, 'gate: topK({ k: 2 })'],
  [/router$|gat.*network$/, 'gate: topK({ k: 2, router: ... })'],
  [/^nois[ey]/, 'gate: noisyTopK({ k: 2 })'],
  [/jitter/, 'gate: switchGate({ jitter: 0.01 })'],
  [/capacityfactor$/, 'capacity: { factor: 1.25 }'],
  [/capacity$|^tokensper/, 'capacity: 64, tokens per expert'],
  [/zloss/, 'balance: [zLoss({ weight: 0.001 })]'],
  [/^(load|importance|switch)loss$/, 'balance: [loadLoss(), importanceLoss()]'],
  [/loss|^loadbal|^balanceweight$/, 'balance: [switchLoss({ weight: 0.01 })]'],
  [/constraint$/, "constraints: weightConstraints({ expertKernel: 'maxNorm' })"],
  [/dropout/, 'dropout: expertDropout({ hidden: 0.1 })'],
  [/regularizer$/, 'regularizers: weightRegularizers({ expertKernel: tf.regularizers.l2({ l2: 0.0001 }) })'],
  [/hidden|ff|intermediate|activation|usebias|initializer$/, 'expert: ffn({ hiddenUnits: 256 })'],
  [/^out|dmodel|features/, 'units: 64'],
  [/^in.*(dim|size)$|^dim$/, 'inputShape: [64], or nothing'],
  [
    /^goback|^return|stateful|unroll/,
    'the mixture itself, without tf.layers.bidirectional: it sees every time step alone, so no direction',
  ],
];

/**
 * What to write instead of an option of the layer that other libraries have, or that belongs to a part of the layer. Names
 * are compared by their letters, so `num_experts` is `numExperts`; the first that fits decides.
 */
export function insteadOfLayerOption(name: string): string | undefined {
  const letters = lettersOf(name);
  return mends.find(([names]) => names.test(letters))?.[1];
}

/** What to do where a program holds two copies of TensorFlow.js. */
export function mendOfTwoCopies(version: string): string {
  return (
    '. One program needs one copy: npm ls @tensorflow/tfjs-core @tensorflow/tfjs-layers lists them, and ' +
    `npm install @tensorflow/tfjs@${version} makes all packages share the version that this layer uses; bundlers have ` +
    'an option to dedupe them'
  );
}

/** What to write instead of a mixture inside `tf.layers.bidirectional`. */
export function insteadOfDirection(): string {
  return (
    '. Apply it to the output: mixtureOfExperts(...) after tf.layers.bidirectional({ layer: ' +
    'tf.layers.lstm(...) })'
  );
}

/** How a loop or a layer of one's own takes the balance losses that nobody took. */
export function wayOfLosses(): string {
  return (
    '. In a loop of your own, add what model.calculateLosses() returns to the loss, inside the function that is ' +
    'differentiated; in a layer of your own that holds this one, return [...super.calculateLosses(), ' +
    '...inner.calculateLosses()] from calculateLosses(). tfjs itself asks no model that is the first layer of a ' +
    'tf.sequential, or inside timeDistributed'
  );
}

/** How a model is called in training mode, in which it has balance losses. */
export function wayOfTraining(): string {
  return (
    '. Call the model by model.apply(x, { training: true }); a layer of your own that holds this one must hand kwargs ' +
    'on to it'
  );
}
