import * as tf from '@tensorflow/tfjs-core';
import type { Gate } from '@tfjs-moe/core';
import {
  coActivation,
  effectiveExperts,
  layerReports,
  loadViolation,
  type RoutingTrace,
  recordRouting,
  specialisation,
} from '../../src/trace/index.ts';
import type { Convention } from './conventions.ts';
import { golden } from './golden.ts';
import { showing } from './layer-of.ts';

const logits: number[][] = golden.z_loss.in.logits;
const load = golden.load_metrics;
const together = golden.co_activation.out.paper;
const special = golden.specialisation;

/** What is said of the trace of a batch. */
function told(
  [vector, convention, library, option]: readonly [string, string, string, string],
  expected: readonly number[],
  tell: (trace: RoutingTrace) => readonly number[],
  labels?: readonly number[],
): Convention {
  return {
    vector,
    convention,
    library,
    option,
    expected,
    async answer(gate: Gate) {
      const layer = showing(gate, logits[0]!.length);
      return tell(await recordRouting(layer, tf.tensor2d(logits), labels && { labels }));
    },
  };
}

export const lookingConventions: readonly Convention[] = [
  told(
    [
      'load_metrics',
      'maximal violation, effective experts, experts without a token, margin',
      'DeepSeek, OLMo-core',
      'topK({ k: 2 })',
    ],
    [load.out.max_violation, load.out.effective_experts, ...load.out.dead, load.out.margin_k_to_k1],
    (trace) => {
      const [report] = layerReports(trace);
      return [
        loadViolation(report!.counts).max,
        effectiveExperts(report!.counts),
        ...report!.dead,
        report!.margin!.mean,
      ];
    },
  ),
  told(
    ['co_activation', 'of all pairs of experts', 'the paper of OLMoE', 'topK({ k: 3 })'],
    together.flat(),
    (trace) => coActivation(trace).flat(),
  ),
  told(
    ['specialisation', 'by domain', 'OLMoE', 'topK({ k: 2 })'],
    special.out.domain.flat(),
    (trace) => specialisation(trace).shares.flat(),
    special.in.domain,
  ),
  told(
    ['specialisation', 'by token', 'OLMoE', 'topK({ k: 2 })'],
    special.out.vocabulary_token_5,
    (trace) => specialisation(trace).shares[0]!,
    special.in.token,
  ),
];
