import * as tf from '@tensorflow/tfjs-core';
import {
  type Expert,
  expectBoolean,
  expectExperts,
  expectKnownOptions,
  expectOneOf,
  expectShallow,
  getExpert,
  type Identifier,
  MoeError,
  type ParamSpecs,
  prefixed,
  replicate,
} from '@tfjs-moe/core';
import { bring } from '../brought.ts';
import type { ExpertBank } from '../experts/expert-bank.ts';
import { expertOps } from '../interpretation/expert-ops.ts';
import { sumOverExperts } from '../tensor/expert-axis.ts';
import { masked } from '../tensor/masked.ts';
import type { Tokens } from '../tokens.ts';
import { readParams, type StoredParam, storeParams } from '../weights.ts';
import { bankWith, type Extension } from './extension.ts';

/** Options of `sharedExperts`: what they compute, how many there are, and whether they are gated. */
export interface SharedExpertsOptions<Kind extends string = string> {
  /** What each of them computes: an object, a config or the name of a kind. */
  readonly expert: Identifier<Expert, Kind>;
  /** How many there are. Default 1. */
  readonly count?: number;
  /** `'none'`: they are added as they are. `'sigmoid'`: each is multiplied with $\operatorname{sigmoid}(x w)$ first. Default `'none'`. */
  readonly gate?: 'none' | 'sigmoid';
  /** Whether they learn; whatever is set here, they do not while the layer's experts do not. Default true. */
  readonly trainable?: boolean;
}

/** Experts that see every token, beside those that a gate chooses. */
export interface SharedExperts extends Extension<'sharedExperts'> {}

/**
 * Shared experts: $y = \sum_{e \in \mathcal S(x)} w_e(x)\, h_e(x) + \sum_s g_s(x)\, h_s(x)$. They see every token, whatever the
 * gate chooses and whoever drops it, and take what all tokens have in common off the chosen ones.
 *
 * Without a gate, $g_s = 1$, as in DeepSeek-V2 to V4, Llama 4, GLM and Kimi; with `gate: 'sigmoid'`,
 * $g_s(x) = \operatorname{sigmoid}(x w_s)$, as in Qwen2-MoE and Qwen3-Next. Padding stays 0. Their weights are named
 * `shared/...`; with `trainable: false` they are a frozen base.
 *
 * Source: Dai et al., "DeepSeekMoE: Towards Ultimate Expert Specialization in Mixture-of-Experts Language Models" (2024),
 * section 3.2; Qwen Team, "Qwen1.5-MoE" (2024).
 *
 * @throws MoeError for options that it does not know, or an expert that is not written in Ops
 * @example mixtureOfExperts({ experts: 8, gate: topK({ k: 2 }), expert, shared: sharedExperts({ expert }) })
 */
export const sharedExperts: <const Kind extends string>(
  options: SharedExpertsOptions<Kind>,
) => SharedExperts = /* @__PURE__ */ defineSharedExperts();

const WHO = 'sharedExperts';

function defineSharedExperts(): typeof sharedExperts {
  bring('shared', readSharedExperts);
  return (options) => readSharedExperts(options);
}

/** Shared experts from themselves, their options or the config of a saved model. */
export function readSharedExperts(given: object): SharedExperts {
  if ((given as Partial<SharedExperts> | null)?.role === WHO) return given as SharedExperts;
  expectShallow(WHO, given);
  expectKnownOptions(WHO, given, ['expert', 'count', 'gate', 'trainable']);
  const options = given as SharedExpertsOptions;
  const expert = getExpert(options.expert, `${WHO}: expert`);
  const count = expectExperts(WHO, 'count', options.count ?? 1);
  const gate = expectOneOf(WHO, 'gate', options.gate ?? 'none', ['none', 'sigmoid']);
  const trainable = expectBoolean(WHO, 'trainable', options.trainable ?? true);
  return Object.freeze<SharedExperts>({
    role: WHO,
    config: { expert: expert.config, count, gate, trainable },
    around: (bank) => withShared(bank, expert, count, gate === 'sigmoid', trainable),
  });
}

function withShared(
  bank: ExpertBank,
  expert: Expert,
  count: number,
  isGated: boolean,
  trainable: boolean,
): ExpertBank {
  let stored: Record<string, StoredParam> = {};
  if (bank.samples)
    throw new MoeError(WHO, 'see rows of features, and not whole samples as the experts beside them');

  function specs(inputDim: number, units: number): ParamSpecs {
    const initializer = { kind: 'glorotUniform' } as const;
    const ofGate = { 'gate/kernel': { shape: [inputDim, 1] as const, initializer } };
    const all = replicate({ ...expert.params(inputDim, units), ...(isGated && ofGate) }, count);
    if (trainable) return all;
    return Object.fromEntries(Object.entries(all).map(([name, spec]) => [name, { ...spec, trainable }]));
  }

  function output({ x_TD, mask_T1 }: Tokens, units: number): tf.Tensor {
    const x = tf.expandDims(x_TD, 0);
    const p = readParams(stored, 'expertsFirst');
    const [tokens] = x_TD.shape;
    // An output may lack the axis of tokens or that of experts.
    const own = tf.add(expert.apply(expertOps, x, p), tf.zeros([count, tokens, units]));
    const gated = isGated ? tf.mul(own, expertOps.affine(x, p['gate/kernel']!, undefined, 'sigmoid')) : own;
    const sum = tf.reshape(sumOverExperts(gated), [tokens, units]);
    return mask_T1 === undefined ? sum : masked(sum, mask_T1);
  }

  return bankWith(bank, {
    params: (inputDim, units) => ({
      ...bank.params(inputDim, units),
      ...prefixed('shared', specs(inputDim, units)),
    }),
    build(context) {
      const { inputDim, units, seed, who, addWeight } = context;
      bank.build(context);
      stored = storeParams(specs(inputDim, units), 'shared', seed, who, addWeight);
    },
    finish(y_TU, tokens, training) {
      const routed = bank.finish?.(y_TU, tokens, training) ?? y_TU;
      return tf.add(routed, output(tokens, routed.shape[1])) as tf.Tensor2D;
    },
    get stored() {
      return { ...bank.stored, ...prefixed('shared', stored) };
    },
  });
}
