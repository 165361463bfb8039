/** The public API as the compiler sees it. A line below `@ts-expect-error` that compiles is an error itself. */
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import {
  type BalanceLoss,
  defineExpert,
  defineGate,
  type Expert,
  ffn,
  type Gate,
  layerExperts,
  linear,
  type MixtureOfExperts,
  type MixtureOfExpertsArgs,
  mixtureOfExperts,
  noisyTopK,
  type RoutingMetrics,
  routingLogger,
  softmax,
  switchLoss,
  temperatureSchedule,
  topK,
} from 'tfjs-moe';

const base = { experts: 4, gate: topK({ k: 2 }), expert: ffn({ hiddenUnits: 8 }) };

// What factories return.
const gate: Gate = topK();
const expert: Expert = ffn({ hiddenUnits: [8, 8], activation: 'gelu' });
const loss: BalanceLoss = switchLoss({ weight: 0.01 });
const layer: MixtureOfExperts = mixtureOfExperts(base);
layer satisfies layers.Layer;
layer.routingMetrics satisfies RoutingMetrics | null;
topK.kind satisfies string;

// Gates, experts and losses: an object, a config, or a name.
mixtureOfExperts({ ...base, gate, expert, balance: [loss] });
mixtureOfExperts({ ...base, gate: { kind: 'topK', k: 2 }, expert: { kind: 'ffn', hiddenUnits: 8 } });
mixtureOfExperts({ ...base, gate: 'softmax', expert: 'linear', balance: ['zLoss', { kind: 'switchLoss' }] });
mixtureOfExperts({ ...base, gate: topK({ weighting: 'sigmoid', router: { kind: 'mlp', hiddenUnits: 8 } }) });

// Options of the layer, its own and every tfjs layer's.
({
  ...base,
  units: 2,
  dispatch: 'grouped',
  capacity: { factor: 1.25, convention: 'megatron' },
  seed: 1,
  inputShape: [3],
  name: 'moe',
  trainable: false,
}) satisfies MixtureOfExpertsArgs;

// What is missing.
// @ts-expect-error options are needed
mixtureOfExperts();
// @ts-expect-error a gate is needed
mixtureOfExperts({ experts: 4, expert: linear() });
// @ts-expect-error hiddenUnits is needed
ffn();

// What is unknown.
// @ts-expect-error unknown option of the layer
mixtureOfExperts({ ...base, gates: 4 });
// @ts-expect-error unknown option of a gate
topK({ K: 2 });
// @ts-expect-error unknown dispatcher
mixtureOfExperts({ ...base, dispatch: 'sparse' });
// @ts-expect-error unknown activation
ffn({ hiddenUnits: 8, activation: 'elu' });
// @ts-expect-error unknown convention
mixtureOfExperts({ ...base, capacity: { factor: 1, convention: 'tutelo' } });

// What has the wrong type.
// @ts-expect-error a gate is no number
mixtureOfExperts({ ...base, gate: 2 });
// @ts-expect-error an expert is no gate
mixtureOfExperts({ ...base, gate: linear() });
// @ts-expect-error a gate is no expert
mixtureOfExperts({ ...base, expert: softmax() });
// @ts-expect-error a factory is not what it makes
mixtureOfExperts({ ...base, gate: topK });
// @ts-expect-error a config has a kind
mixtureOfExperts({ ...base, gate: { k: 2 } });
// @ts-expect-error losses come in an array
mixtureOfExperts({ ...base, balance: switchLoss() });
// @ts-expect-error a gate is no loss
mixtureOfExperts({ ...base, balance: [softmax()] });
// @ts-expect-error k is a number
topK({ k: '2' });
// @ts-expect-error no such noise
noisyTopK({ noise: 'none' });
// @ts-expect-error metrics are for reading
layer.routingMetrics = null;

// Layers of the user's own as experts.
declare const dense: (units: number) => layers.Layer;
mixtureOfExperts({ ...base, expert: layerExperts(() => dense(2)) });
// @ts-expect-error a layer is not a factory of layers
mixtureOfExperts({ ...base, expert: layerExperts(dense(2)) });

// Callbacks are what fit takes.
declare const model: LayersModel;
model.fit([], [], { callbacks: routingLogger({ layer }) });
model.fit([], [], {
  callbacks: temperatureSchedule({ layer, schedule: { kind: 'cosine', from: 2, to: 0.1, steps: 100 } }),
});
// @ts-expect-error any layer will not do
routingLogger({ layer: dense(2) });

// Definitions: options give the factory its type, Ops its arithmetic.
const scaled = defineExpert('scaled', ({ factor = 1 }: { factor?: number } = {}) => ({
  config: { factor },
  params: (inputDim: number, units: number) => ({
    kernel: { shape: [inputDim, units], initializer: { kind: 'zeros' } } as const,
  }),
  apply: (ops, x, p) => ops.mul(ops.constant(factor), ops.affine(x, p.kernel)),
}));
mixtureOfExperts({ ...base, expert: scaled({ factor: 2 }) });
// @ts-expect-error unknown option of a definition
scaled({ weight: 2 });
// @ts-expect-error a gate needs route
defineGate('lazy', () => ({ config: {}, params: () => ({}), expertsPerToken: () => 1 }));
