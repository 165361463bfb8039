import * as tf from '@tensorflow/tfjs-core';
import { sequential } from '@tensorflow/tfjs-layers';
import type { Gate } from '@tfjs-moe/core';
import { identity, linear } from '@tfjs-moe/experts';
import { mixtureOfExperts } from '../../src/index.ts';
import type { Convention } from './conventions.ts';
import { golden } from './golden.ts';
import { type Given, numbers, showing, write } from './layer-of.ts';

type Rows = readonly (readonly number[])[];

/** A dense table of the weights of chosen experts. */
const table = (indices: Rows, weights: Rows, experts: number): number[] =>
  indices.flatMap((row, t) => Array.from({ length: experts }, (_, e) => weights[t]![row.indexOf(e)] ?? 0));

/** A gate whose golden numbers are experts and weights. */
function routed(
  [vector, convention, library, option]: readonly [string, string, string, string],
  { logits, indices, weights }: { logits: Rows; indices: Rows; weights: Rows },
  given: Given = {},
): Convention {
  const experts = logits[0]!.length;
  return {
    vector,
    convention,
    library,
    option,
    expected: table(indices, weights, experts),
    answer(gate: Gate) {
      const layer = showing(gate, experts, given);
      return numbers(() => layer.apply(tf.tensor2d(logits.map((row) => [...row]))) as tf.Tensor);
    },
  };
}

/** Logits of given sigmoids; of 0, one that no sum notices. */
const logitsOf = (scores: number[][]) =>
  scores.map((row) => row.map((s) => (s === 0 ? -50 : Math.log(s / (1 - s)))));

/** The experts with a weight, and what it is. */
function dense(rows: number[][]): { indices: Rows; weights: Rows } {
  return { indices: rows.map((row) => [...row.keys()]), weights: rows };
}

const v3 = golden.deepseek_v3_group_limited;
const v2 = golden.deepseek_v2_group_limited_greedy;
const score = golden.group_score_megatron_vs_deepseek;
const fill = golden.fill_minus_inf_vs_zero;
const plain = golden.softmax_topk;
const gptOss = golden.gpt_oss_router;
const sigma = golden.sigma_moe;
const v4 = golden.deepseek_v4_sqrtsoftplus;
const hashed = golden.hash_routing_tid2eid;
const mass = golden.top_p;
const phi = golden.phi_sparsemixer_eval;
const llama = golden.llama4_sigmoid_top1_input;
const first = golden.k1_renormalise_trap;
const choice = golden.expert_choice;
const cosine = golden.x_moe_cosine;
const underflow = golden.sigmoid_underflow;
const depths = golden.mixture_of_depths;
const soft = golden.soft_moe;
const digits = golden.dselect_k;
const update = golden.loss_free_bias_update;
const above = golden.expert_threshold;
const prices = golden.quantile_balancing;
const relu = golden.remoe;
/** Beyond the first steps, whose thresholds are means. */
const later = { threshold: above.in.threshold, threshold_steps: [1000] };

/** State of a gate after one step of an optimiser with these logits. */
async function stateAfterStep(
  gate: Gate,
  name: string,
  logits: Rows,
  given: Given,
): Promise<ArrayLike<number>> {
  const experts = logits[0]!.length;
  const layer = showing(gate, experts, given, { inputShape: [experts] });
  const model = sequential({ layers: [layer] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const x = tf.tensor2d(logits.map((row) => [...row]));
  await model.trainOnBatch(x, tf.zeros([logits.length, experts]));
  // The next call sees that the optimiser has moved.
  tf.dispose(layer.apply(x) as tf.Tensor);
  const state = layer.weights.find(({ originalName }) => originalName.endsWith(name))!;
  return state.read().data();
}

/** Tokens and experts the other way round: an expert's tokens and their weights. */
const byExpert = Array.from({ length: choice.in.logits.length }, (_, t) =>
  choice.out.tokens_of_expert.map(
    (tokens: number[], e: number) => choice.out.weights[e][tokens.indexOf(t)] ?? 0,
  ),
);

const softmaxOf = (row: number[]) => {
  const total = row.reduce((sum, z) => sum + Math.exp(z), 0);
  return row.map((z) => Math.exp(z) / total);
};

export const gateConventions: readonly Convention[] = [
  routed(
    [
      'deepseek_v3_group_limited',
      'sigmoid, groups by their two best, selection bias',
      'DeepSeek-V3, torchtitan, Hugging Face',
      "groupLimitedTopK({ k: 4, groups: 4, keep: 2, weighting: 'sigmoid', selectionBias: true, weightScale: 2.5 })",
    ],
    { ...v3.in, ...v3.out },
    { selection_bias: v3.in.bias },
  ),
  routed(
    [
      'deepseek_v2_group_limited_greedy',
      'softmax as it is, groups by their best',
      'DeepSeek-V2',
      "groupLimitedTopK({ k: 3, groups: 4, keep: 2, best: 1, renormalize: 'never', weightScale: 16 })",
    ],
    { ...v2.in, ...v2.out },
  ),
  routed(
    [
      'group_score_megatron_vs_deepseek',
      'groups by their K / kept best',
      'Megatron, the report of DeepSeek-V3',
      "groupLimitedTopK({ k: 2, groups: 4, keep: 2, best: 1, weighting: 'sigmoid', weightScale: 2.5 })",
    ],
    { logits: logitsOf(score.in.scores), ...score.out.megatron },
  ),
  routed(
    [
      'group_score_megatron_vs_deepseek',
      'groups by their two best',
      'the program of DeepSeek-V3, Hugging Face, vLLM',
      "groupLimitedTopK({ k: 2, groups: 4, keep: 2, weighting: 'sigmoid', weightScale: 2.5 })",
    ],
    { logits: logitsOf(score.in.scores), ...score.out.deepseek },
  ),
  routed(
    [
      'fill_minus_inf_vs_zero',
      'rejected groups at minus infinity',
      'DeepSeek, torchtitan, Megatron',
      "groupLimitedTopK({ k: 2, groups: 4, keep: 1, weighting: 'sigmoid', selectionBias: true, weightScale: 2.5 })",
    ],
    { logits: logitsOf(fill.in.scores), ...fill.out.minus_inf },
    { selection_bias: fill.in.bias },
  ),
  routed(
    [
      'fill_minus_inf_vs_zero',
      'rejected groups at zero',
      'Hugging Face in 2025',
      "groupLimitedTopK({ k: 2, groups: 4, keep: 1, rest: 'zero', weighting: 'sigmoid', selectionBias: true, weightScale: 2.5 })",
    ],
    { logits: logitsOf(fill.in.scores), ...fill.out.zero },
    { selection_bias: fill.in.bias },
  ),
  routed(['softmax_topk', 'softmax over the sum of the selected', 'Mixtral, Qwen3-MoE', 'topK({ k: 2 })'], {
    ...plain.in,
    indices: plain.out.indices,
    weights: plain.out.norm,
  }),
  routed(
    ['softmax_topk', 'softmax as it is', 'OLMoE, Qwen2-MoE, Grok-1', "topK({ k: 2, renormalize: 'never' })"],
    { ...plain.in, indices: plain.out.indices, weights: plain.out.no_norm },
  ),
  routed(['softmax_topk', 'softmax of the selected logits', 'Granite, JetMoE', 'topK({ k: 2 })'], {
    ...plain.in,
    indices: plain.out.indices,
    weights: plain.out.softmax_of_topk_logits,
  }),
  routed(
    ['k1_renormalise_trap', 'the only weight stays a probability', 'Switch Transformer', 'topK({ k: 1 })'],
    { ...first.in, indices: llama.out.indices, weights: first.out.kept_p1 },
  ),
  routed(
    ['gpt_oss_router', 'a bias in the logits', 'gpt-oss', 'topK({ k: 2 })'],
    { ...gptOss.in, ...gptOss.out },
    { 'gate/bias': gptOss.in.router_bias },
  ),
  routed(
    ['llama4_sigmoid_top1_input', 'sigmoid of the best', 'Llama 4', "topK({ k: 1, weighting: 'sigmoid' })"],
    { ...llama.in, ...llama.out },
  ),
  routed(
    [
      'sigma_moe',
      'sigmoids as they are',
      'σ-MoE, MoEUT',
      "topK({ k: 2, weighting: 'sigmoid', renormalize: 'never' })",
    ],
    { ...sigma.in, ...sigma.out },
  ),
  routed(
    [
      'deepseek_v4_sqrtsoftplus',
      'square root of softplus, selection bias',
      'DeepSeek-V4',
      'topK({ k: 2, weighting: pointwise(), selectionBias: true, weightScale: 1.5 })',
    ],
    { ...v4.in, ...v4.out },
    { selection_bias: v4.in.bias },
  ),
  {
    vector: 'hash_routing_tid2eid',
    convention: 'experts by the number of the token',
    library: 'hash layers, DeepSeek-V4',
    option: 'hash({ vocabulary: 4, k: 2, weighting: pointwise(), weightScale: 1.5 })',
    expected: table(hashed.out.indices, hashed.out.weights, 8),
    answer(gate: Gate) {
      const layer = showing(gate, 8, {
        'choice_1/table': hashed.in.tid2eid.map(([e]: number[]) => e!),
        'choice_2/table': hashed.in.tid2eid.map(([, e]: number[]) => e!),
      });
      const ids = () => tf.tensor1d(hashed.in.token_ids);
      return numbers(() => layer.apply([tf.tensor2d(hashed.in.logits), ids()]) as tf.Tensor);
    },
  },
  routed(['remoe', 'ReLU in place of a selection', 'ReMoE', "pointwise({ activation: 'relu' })"], {
    ...golden.remoe.in,
    ...dense(golden.remoe.out.weights),
  }),
  routed(['top_p', 'the fewest with mass p', 'Huang et al. 2024', 'topP({ p: 0.6 })'], {
    ...mass.in,
    indices: mass.out.sets,
    weights: mass.out.sets.map((row: number[], t: number) =>
      row.map((e) => softmaxOf(mass.in.logits[t])[e]!),
    ),
  }),
  routed(
    ['phi_sparsemixer_eval', 'SparseMixer in evaluation', 'Phi-3.5-MoE', 'sparseMixer({ jitter: 0.01 })'],
    {
      ...phi.in,
      indices: phi.out.rows.map((row: { indices: number[] }) => row.indices),
      weights: phi.out.rows.map((row: { weights: number[] }) => row.weights),
    },
  ),
  routed(
    [
      'expert_choice',
      'experts choose tokens',
      'Zhou et al. 2022, V-MoE, flaxformer',
      'expertChoice({ capacityFactor: 4 })',
    ],
    { ...choice.in, ...dense(byExpert) },
  ),
  {
    vector: 'dselect_k',
    convention: 'smooth digits of the experts’ numbers',
    library: 'DSelect-k',
    option: 'dselectK({ k: 2, gamma: 1, perToken: false })',
    expected: digits.out.gate,
    answer(gate: Gate) {
      const layer = showing(gate, 4, {
        'selector_1/digit_1/bias': [digits.in.z[0][0]],
        'selector_1/digit_2/bias': [digits.in.z[0][1]],
        'selector_2/digit_1/bias': [digits.in.z[1][0]],
        'selector_2/digit_2/bias': [digits.in.z[1][1]],
        'selector_1/share/bias': [digits.in.w[0]],
        'selector_2/share/bias': [digits.in.w[1]],
      });
      return numbers(() => layer.apply(tf.ones([1, 4])) as tf.Tensor);
    },
  },
  {
    vector: 'x_moe_cosine',
    convention: 'cosine router',
    library: 'X-MoE, Tutel',
    option: 'softmax({ router: cosineRouter() })',
    expected: cosine.out.logits.flat(),
    answer(gate: Gate) {
      const layer = mixtureOfExperts({ experts: 4, gate, expert: linear(), units: 1, name: 'moe' });
      layer.build([null, 2]);
      write(layer, { 'gate/router/kernel': cosine.in.w.flat() });
      return numbers(() => layer.route(tf.tensor2d(cosine.in.x)).logits_TE);
    },
  },
  {
    vector: 'sigmoid_underflow',
    convention: 'shares of sigmoids that underflow',
    library: 'exact, unlike Megatron #1545',
    option: 'sigmoid()',
    expected: underflow.out.exact[0],
    answer: (gate: Gate) =>
      numbers(() => showing(gate, 4).route(tf.tensor2d(underflow.in.logits)).probabilities_TE),
  },
  {
    vector: 'mixture_of_depths',
    convention: 'the best tokens of a sequence',
    library: 'mixture of depths',
    option: 'mixtureOfDepths({ capacity: 0.4 })',
    expected: depths.out.y,
    answer(gate: Gate) {
      const layer = mixtureOfExperts({ experts: 1, gate, expert: linear(), units: 1, name: 'moe' });
      layer.build([null, 5, 2]);
      write(layer, { 'gate/router/kernel': [0, 1], 'expert/kernel': [10, 0] });
      return numbers(() => {
        const x = tf.tensor3d([depths.in.x.map((value: number, t: number) => [value, depths.in.r[t]])]);
        const y = layer.apply(x) as tf.Tensor;
        return tf.add(tf.reshape(y, [5]), tf.tensor1d(depths.in.x));
      });
    },
  },
  {
    vector: 'soft_moe',
    convention: 'slots that mix tokens',
    library: 'Soft MoE',
    option: 'softMoe({ slots: 1 })',
    expected: soft.out.output_identity_experts.flat(),
    answer(gate: Gate) {
      const layer = mixtureOfExperts({ experts: 2, gate, expert: identity(), name: 'moe' });
      layer.build([null, 3, 3]);
      const columns = [0, 1].map((slot) => soft.in.phi.map((row: number[]) => row[slot]!));
      write(layer, { 'gate/slots': columns.flat(), 'gate/scale': [soft.in.scale] });
      return numbers(() => layer.apply(tf.tensor3d([soft.in.x])) as tf.Tensor);
    },
  },
  ...(
    [
      ['sign', 'Wang et al. 2024, DeepSeek-V3, Megatron', update.out.delta],
      ['centered', 'torchtitan', update.out.delta_centred_torchtitan],
      ['proportional', 'a variant of Wang et al. 2024', update.out.delta_proportional_variant],
    ] as const
  ).map(
    ([rule, library, delta]): Convention => ({
      vector: 'loss_free_bias_update',
      convention: `a step of the selection bias, ${rule}`,
      library,
      option: `lossFree({ gate: topK({ k: 2, weighting: 'sigmoid', selectionBias: true }), rule: '${rule}', speed: 0.001 })`,
      expected: update.in.bias.map((bias: number, e: number) => bias + delta[e]),
      answer(gate: Gate) {
        // Experts 2, 3, 4, 5 and 6 are chosen 3, 1, 2, 1 and 1 times.
        const chosen = [
          [2, 4],
          [2, 3],
          [2, 5],
          [4, 6],
        ];
        const logits = chosen.map((pair) => Array.from({ length: 8 }, (_, e) => (pair.includes(e) ? 9 : -9)));
        return stateAfterStep(gate, 'selection_bias', logits, { selection_bias: update.in.bias });
      },
    }),
  ),
  {
    vector: 'quantile_balancing',
    convention: 'a step of the selection bias, by quantiles of the batch',
    library: 'Megatron in 2026',
    option: 'quantileBalancing({ k: 2 })',
    expected: prices.out.beta_new.map((beta: number) => -beta),
    answer: (gate: Gate) => stateAfterStep(gate, 'selection_bias', prices.in.logits, {}),
  },
  routed(
    [
      'expert_threshold',
      'tokens above the threshold of an expert',
      'arXiv 2603.11535',
      'expertThreshold({ k: 2, decay: 0.9 })',
    ],
    {
      logits: logitsOf(above.in.scores),
      ...dense(
        above.in.scores.map((row: number[], t: number) => row.map((w, e) => w * above.out.mask[t][e])),
      ),
    },
    later,
  ),
  {
    vector: 'expert_threshold',
    convention: 'a step of the thresholds',
    library: 'arXiv 2603.11535',
    option: 'expertThreshold({ k: 2, decay: 0.9 })',
    expected: above.out.threshold_next,
    answer: (gate: Gate) => stateAfterStep(gate, '/threshold', logitsOf(above.in.scores), later),
  },
  {
    vector: 'remoe',
    convention: 'a step of the coefficient, which begins at 1 here',
    library: 'ReMoE',
    option: 'reMoe({ k: 2, initialCoefficient: 1 })',
    expected: relu.in.logits[0].map(() => relu.out.lambda_next / relu.in.lambda),
    answer: (gate: Gate) => stateAfterStep(gate, 'coefficient', relu.in.logits, {}),
  },
];
