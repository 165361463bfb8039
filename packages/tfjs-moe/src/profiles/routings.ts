import { gatedFfn } from '@tfjs-moe/experts';
import { groupLimitedTopK, lossFree, pointwise, sigmoid, softmax, sparseMixer, topK } from '@tfjs-moe/gates';
import { expertInput, type MixtureOfExpertsArgs, sharedExperts, switchLoss, zLoss } from '@tfjs-moe/layers';

/** Name of a model whose routing is known. */
export type ProfileName =
  | 'deepseek-v2'
  | 'deepseek-v3'
  | 'deepseek-v4'
  | 'ernie-4.5'
  | 'glm-4.5'
  | 'gpt-oss'
  | 'grok-1'
  | 'kimi-k2'
  | 'llama-4'
  | 'minimax-m2'
  | 'mixtral'
  | 'olmoe'
  | 'phi-3.5-moe'
  | 'qwen2-moe'
  | 'qwen3-moe';

/** What a profile decides, of a size that was asked for. */
export type Routing = Pick<MixtureOfExpertsArgs, 'gate' | 'expert' | 'balance' | 'shared' | 'weightAt'>;

/** A size with the published numbers in place of those that were left out. */
export interface ProfileSize {
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly hiddenUnits: number;
  readonly sharedHiddenUnits: number;
  readonly groups: number;
  readonly keep: number;
}

/** A published model: how many experts it has, and how it routes. */
export interface Published {
  readonly experts: number;
  readonly expertsPerToken: number;
  /** Groups of experts, and how many of them take part. */
  readonly groups?: readonly [groups: number, keep: number];
  routing(size: ProfileSize): Routing;
}

const swiGlu = ({ hiddenUnits }: ProfileSize) => gatedFfn({ hiddenUnits });
const shared = ({ sharedHiddenUnits }: ProfileSize) =>
  sharedExperts({ expert: gatedFfn({ hiddenUnits: sharedHiddenUnits }) });

/** Softmax, the k best, and their weights as they are or over their sum. */
function softmaxTopK(
  published: Pick<Published, 'experts' | 'expertsPerToken'>,
  renormalize: 'beforeDrop' | 'never',
  more: (size: ProfileSize) => Omit<Routing, 'gate' | 'expert'> = () => ({}),
): Published {
  return {
    ...published,
    routing: (size) => ({
      gate: topK({ k: size.expertsPerToken, weighting: softmax({ useBias: false }), renormalize }),
      expert: swiGlu(size),
      ...more(size),
    }),
  };
}

/** Sigmoids, the k best by them and a selection bias that balances without a loss, weights over their sum times a factor. */
function sigmoidTopK(
  published: Pick<Published, 'experts' | 'expertsPerToken'>,
  weightScale: number,
  more: (size: ProfileSize) => Omit<Routing, 'gate' | 'expert'> = () => ({}),
): Published {
  return {
    ...published,
    routing: (size) => ({
      gate: lossFree({
        gate: topK({
          k: size.expertsPerToken,
          weighting: sigmoid({ useBias: false }),
          selectionBias: true,
          weightScale,
        }),
      }),
      expert: swiGlu(size),
      ...more(size),
    }),
  };
}

/**
 * How published models route, by name. Numbers of experts, factors and limits are those of the models; widths are the
 * caller's.
 */
export const published: Readonly<Record<ProfileName, Published>> = {
  'deepseek-v2': {
    experts: 160,
    expertsPerToken: 6,
    groups: [8, 3],
    routing: (size) => ({
      gate: groupLimitedTopK({
        k: size.expertsPerToken,
        groups: size.groups,
        keep: size.keep,
        best: 1,
        weighting: softmax({ useBias: false }),
        renormalize: 'never',
        weightScale: 16,
      }),
      expert: swiGlu(size),
      shared: shared(size),
    }),
  },
  'deepseek-v3': {
    experts: 256,
    expertsPerToken: 8,
    groups: [8, 4],
    routing: (size) => ({
      gate: lossFree({
        gate: groupLimitedTopK({
          k: size.expertsPerToken,
          groups: size.groups,
          keep: size.keep,
          weighting: sigmoid({ useBias: false }),
          selectionBias: true,
          weightScale: 2.5,
        }),
      }),
      expert: swiGlu(size),
      shared: shared(size),
      balance: [switchLoss({ over: 'sequence', of: 'probabilities', weight: 1e-4 })],
    }),
  },
  'deepseek-v4': {
    experts: 256,
    expertsPerToken: 6,
    routing: (size) => ({
      gate: lossFree({
        gate: topK({
          k: size.expertsPerToken,
          weighting: pointwise({ activation: 'sqrtSoftplus', useBias: false }),
          selectionBias: true,
          weightScale: 1.5,
        }),
      }),
      expert: gatedFfn({ hiddenUnits: size.hiddenUnits, limit: 10 }),
      shared: sharedExperts({ expert: gatedFfn({ hiddenUnits: size.sharedHiddenUnits, limit: 10 }) }),
    }),
  },
  'ernie-4.5': {
    experts: 64,
    expertsPerToken: 6,
    routing: (size) => ({
      gate: lossFree({
        gate: topK({
          k: size.expertsPerToken,
          weighting: softmax({ useBias: false }),
          selectionBias: true,
        }),
      }),
      expert: swiGlu(size),
      shared: shared(size),
    }),
  },
  'glm-4.5': /* @__PURE__ */ sigmoidTopK({ experts: 160, expertsPerToken: 8 }, 2.5, (size) => ({
    shared: shared(size),
  })),
  'gpt-oss': {
    experts: 128,
    expertsPerToken: 4,
    routing: ({ expertsPerToken, hiddenUnits }) => ({
      gate: topK({ k: expertsPerToken }),
      expert: gatedFfn({ hiddenUnits, limit: 7, alpha: 1.702, upOffset: 1, useBias: true }),
    }),
  },
  'grok-1': {
    experts: 8,
    expertsPerToken: 2,
    routing: ({ expertsPerToken, hiddenUnits }) => ({
      gate: topK({ k: expertsPerToken, weighting: softmax({ useBias: false }), renormalize: 'never' }),
      expert: gatedFfn({ hiddenUnits, activation: 'gelu' }),
    }),
  },
  'kimi-k2': /* @__PURE__ */ sigmoidTopK({ experts: 384, expertsPerToken: 8 }, 2.827, (size) => ({
    shared: shared(size),
  })),
  'llama-4': {
    experts: 16,
    expertsPerToken: 1,
    routing: (size) => ({
      gate: topK({ k: size.expertsPerToken, weighting: sigmoid({ useBias: false }), renormalize: 'never' }),
      expert: swiGlu(size),
      weightAt: expertInput,
      shared: shared(size),
    }),
  },
  'minimax-m2': /* @__PURE__ */ sigmoidTopK({ experts: 256, expertsPerToken: 8 }, 1),
  mixtral: /* @__PURE__ */ softmaxTopK({ experts: 8, expertsPerToken: 2 }, 'beforeDrop', () => ({
    balance: [switchLoss({ scaling: 'sumOverK', weight: 0.001 })],
  })),
  olmoe: /* @__PURE__ */ softmaxTopK({ experts: 64, expertsPerToken: 8 }, 'never', () => ({
    balance: [switchLoss({ scaling: 'sumOverK', weight: 0.01 }), zLoss({ weight: 0.001 })],
  })),
  'phi-3.5-moe': {
    experts: 16,
    expertsPerToken: 2,
    routing: (size) => ({ gate: sparseMixer({ useBias: false }), expert: swiGlu(size) }),
  },
  'qwen2-moe': /* @__PURE__ */ softmaxTopK({ experts: 60, expertsPerToken: 4 }, 'never', (size) => ({
    shared: sharedExperts({ expert: gatedFfn({ hiddenUnits: size.sharedHiddenUnits }), gate: 'sigmoid' }),
    balance: [switchLoss({ scaling: 'sumOverK', weight: 0.001 })],
  })),
  'qwen3-moe': /* @__PURE__ */ softmaxTopK({ experts: 128, expertsPerToken: 8 }, 'beforeDrop', () => ({
    balance: [switchLoss({ scaling: 'sumOverK', over: 'step', weight: 0.001 })],
  })),
};
