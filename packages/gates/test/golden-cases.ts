/**
 * Gates of published models, with the numbers of `golden/golden-gates.json`: computed in float64 from the formulas by a
 * program of its own, ties to the lower index.
 */
import { readFileSync } from 'node:fs';
import type { Gate } from '@tfjs-moe/core';
import { groupLimitedTopK, pointwise, sigmoid, sparseMixer, topK, topP } from '@tfjs-moe/gates';
import { softmaxOf } from './given-logits.ts';

/** The fixture. */
// biome-ignore lint/suspicious/noExplicitAny: every entry has a shape of its own
export const golden: any = JSON.parse(
  readFileSync(`${import.meta.dirname}/golden/golden-gates.json`, 'utf8'),
);

/** A gate, the logits of its router, and what it must answer. */
export interface GoldenCase {
  readonly gate: Gate;
  readonly logits: number[][];
  /** Parameters other than the initial ones. */
  readonly data?: Readonly<Record<string, readonly number[]>>;
  /** The experts of each token and their weights, in any order. */
  readonly indices: number[][];
  readonly weights: number[][];
}

/** Logits of given sigmoids; of 0, one that no sum notices. */
const logitsOf = (scores: number[][]) =>
  scores.map((row) => row.map((s) => (s === 0 ? -50 : Math.log(s / (1 - s)))));

const v3 = golden.deepseek_v3_group_limited;
const v2 = golden.deepseek_v2_group_limited_greedy;
const score = golden.group_score_megatron_vs_deepseek;
const fill = golden.fill_minus_inf_vs_zero;
const plain = golden.softmax_topk;
const gptOss = golden.gpt_oss_router;
const sigma = golden.sigma_moe;
const v4 = golden.deepseek_v4_sqrtsoftplus;
const reMoe = golden.remoe;
const mass = golden.top_p;
const phi = golden.phi_sparsemixer_eval;

const limited = (of: { in: Record<string, number> }, more: object) =>
  groupLimitedTopK({
    k: of.in.K!,
    groups: of.in.n_group!,
    keep: of.in.topk_group!,
    weightScale: 2.5,
    weighting: 'sigmoid',
    selectionBias: true,
    ...more,
  });

/** By what a reader of the papers calls them. */
export const goldenCases: Readonly<Record<string, GoldenCase>> = {
  'DeepSeek-V3': {
    gate: limited(v3, { weightScale: v3.in.scale }),
    logits: v3.in.logits,
    data: { selection_bias: v3.in.bias },
    ...v3.out,
  },
  'DeepSeek-V2': {
    gate: limited(v2, {
      weighting: 'softmax',
      selectionBias: false,
      best: 1,
      renormalize: 'never',
      weightScale: v2.in.scale,
    }),
    logits: v2.in.logits,
    ...v2.out,
  },
  'a group as good as its k / keep best, as Megatron has it': {
    gate: limited(score, { best: 1 }),
    logits: logitsOf(score.in.scores),
    ...score.out.megatron,
  },
  'a group as good as its two best': {
    gate: limited(score, {}),
    logits: logitsOf(score.in.scores),
    ...score.out.deepseek,
  },
  'nothing for the rest': {
    gate: limited(fill, {}),
    logits: logitsOf(fill.in.scores),
    data: { selection_bias: fill.in.bias },
    ...fill.out.minus_inf,
  },
  'zero for the rest, as Hugging Face had it': {
    gate: limited(fill, { rest: 'zero' }),
    logits: logitsOf(fill.in.scores),
    data: { selection_bias: fill.in.bias },
    ...fill.out.zero,
  },
  'Mixtral, Qwen3': {
    gate: topK(),
    logits: plain.in.logits,
    indices: plain.out.indices,
    weights: plain.out.norm,
  },
  'OLMoE, Qwen2, Grok': {
    gate: topK({ renormalize: 'never' }),
    logits: plain.in.logits,
    indices: plain.out.indices,
    weights: plain.out.no_norm,
  },
  'gpt-oss, with its router bias': {
    gate: topK(),
    logits: gptOss.in.logits,
    data: { bias: gptOss.in.router_bias },
    ...gptOss.out,
  },
  'σ-MoE': {
    gate: topK({ weighting: sigmoid({ useBias: false }), renormalize: 'never' }),
    logits: sigma.in.logits,
    ...sigma.out,
  },
  'DeepSeek-V4': {
    gate: topK({ weighting: pointwise(), selectionBias: true, weightScale: v4.in.scale }),
    logits: v4.in.logits,
    data: { selection_bias: v4.in.bias },
    ...v4.out,
  },
  'ReMoE, without its loss': {
    gate: pointwise({ activation: 'relu' }),
    logits: reMoe.in.logits,
    ...denseOf(reMoe.out.weights),
  },
  'top-P': {
    gate: topP({ p: mass.in.p }),
    logits: mass.in.logits,
    indices: mass.out.sets,
    weights: mass.out.sets.map((row: number[], t: number) =>
      row.map((e) => softmaxOf(mass.in.logits[t])[e]!),
    ),
  },
  'Phi-3.5-MoE in evaluation': {
    gate: sparseMixer({ jitter: phi.in.eps }),
    logits: phi.in.logits,
    indices: phi.out.rows.map((row: { indices: number[] }) => row.indices),
    weights: phi.out.rows.map((row: { weights: number[] }) => row.weights),
  },
};

/** The experts that have a weight, and what it is. */
function denseOf(rows: number[][]): Pick<GoldenCase, 'indices' | 'weights'> {
  const indices = rows.map((row) => row.flatMap((weight, e) => (weight > 0 ? [e] : [])));
  return { indices, weights: rows.map((row, t) => indices[t]!.map((e) => row[e]!)) };
}
