import * as tf from '@tensorflow/tfjs-core';
import { type Expert, type Gate, MoeError } from '@tfjs-moe/core';
import { constant, ffn } from '@tfjs-moe/experts';
import { softmax, topK } from '@tfjs-moe/gates';
import {
  type CustomizedGateControl,
  type MixtureOfExpertsArgs,
  type MultiGateMixtureOfExperts,
  mixtureOfExperts,
} from '../../src/index.ts';
import type { Convention } from './conventions.ts';
import { golden } from './golden.ts';
import { numbers, showing, write } from './layer-of.ts';

const swiGlu = golden.gpt_oss_swiglu;
const bank = golden.expert_layouts;
const llama = golden.llama4_sigmoid_top1_input;
const shared = golden.qwen2_shared_expert;
const mmoe = golden.mmoe;
const cgc = golden.ple_cgc;
const capacity = golden.capacity_priority;

/** Of kernels [experts, out, in], as checkpoints have them, those of this library: [experts, in, out]. */
const turned = (kernels: number[][][]): number[] =>
  kernels.flatMap((rows) => rows[0]!.flatMap((_, i) => rows.map((row) => row[i]!)));

/** The output of a layer with one shared expert. */
function withShared(library: string, option: string, expected: number[]): Convention {
  return {
    vector: 'qwen2_shared_expert',
    convention: 'an expert that every token sees',
    library,
    option,
    expected,
    answer({ shared: around }: Pick<MixtureOfExpertsArgs, 'shared'>) {
      if (around === undefined) throw new MoeError('shared', 'is missing', around);
      const layer = mixtureOfExperts({
        experts: 1,
        gate: topK({ k: 1 }),
        expert: constant(),
        units: 2,
        shared: around,
      });
      layer.build([null, 1]);
      const isGated = layer.weights.some(({ originalName }) => originalName.endsWith('shared/gate/kernel'));
      write(layer, {
        'expert/value': shared.in.routed,
        'shared/value': shared.in.shared,
        ...(isGated && { 'shared/gate/kernel': [1] }),
      });
      return numbers(() => layer.apply(tf.tensor2d([[shared.in.shared_logit]])) as tf.Tensor);
    },
  };
}

/** Who keeps a place in a full expert, as the weights with which experts take part. */
function placed(
  convention: string,
  library: string,
  option: string,
  expected: number[][],
  gate: Gate = topK({ k: 2 }),
): Convention {
  const weights: number[][] = capacity.in.weights;
  return {
    vector: 'capacity_priority',
    convention,
    library,
    option,
    expected: expected.flat(),
    answer(args: Partial<MixtureOfExpertsArgs>) {
      const layer = showing(gate, 3, {}, args);
      const logits = weights.map((row) => row.map((weight) => (weight === 0 ? -80 : Math.log(weight))));
      return numbers(() => layer.apply(tf.tensor2d(logits)) as tf.Tensor);
    },
  };
}
const kept = (masks: number[][]): number[][] =>
  masks.map((row, t) => row.map((mask, e) => mask * capacity.in.weights[t][e]));

export const expertConventions: readonly Convention[] = [
  {
    vector: 'gpt_oss_swiglu',
    convention: 'a clamped SwiGLU',
    library: 'gpt-oss',
    option: 'gatedFfn({ hiddenUnits: 1, limit: 7, alpha: 1.702, upOffset: 1 })',
    expected: swiGlu.out.out,
    answer(expert: Expert) {
      const layer = mixtureOfExperts({ experts: 1, gate: softmax(), expert, units: 1 });
      layer.build([null, 2]);
      write(layer, { kernel_gate: [1, 0], kernel_up: [0, 1], kernel_down: [1] });
      const rows = swiGlu.in.gate.map((gate: number, i: number) => [gate, swiGlu.in.up[i]]);
      return numbers(() => layer.apply(tf.tensor2d(rows)) as tf.Tensor);
    },
  },
  {
    vector: 'expert_layouts',
    convention: 'a bank of SwiGLU experts, once its kernels are turned',
    library: 'Mixtral and all whose layout is another',
    option: 'gatedFfn({ hiddenUnits: 3 })',
    expected: bank.out.y_per_expert.flat(),
    async answer(expert: Expert) {
      const layer = mixtureOfExperts({ experts: 2, gate: topK({ k: 1 }), expert, units: 2 });
      layer.build([null, 2]);
      const of = bank.in.mixtral;
      write(layer, {
        kernel_gate: turned(of['w1_gate[E][I,H]']),
        kernel_up: turned(of['w3_up[E][I,H]']),
        kernel_down: turned(of['w2_down[E][H,I]']),
        'router/kernel': [0, 0, 0, 0],
      });
      const answers: number[] = [];
      for (const bias of [
        [99, -99],
        [-99, 99],
      ]) {
        write(layer, { 'gate/bias': bias });
        answers.push(...Array.from(await numbers(() => layer.apply(tf.tensor2d([bank.in.x])) as tf.Tensor)));
      }
      return answers;
    },
  },
  {
    vector: 'llama4_sigmoid_top1_input',
    convention: 'the weight multiplies the input',
    library: 'Llama 4',
    option: "{ gate: topK({ k: 1, weighting: 'sigmoid' }), weightAt: expertInput }",
    expected: llama.out.output_input_scaled,
    answer(args: Pick<MixtureOfExpertsArgs, 'gate' | 'weightAt'>) {
      const expert = ffn({ hiddenUnits: 6, activation: 'relu' });
      const layer = mixtureOfExperts({ experts: 8, expert, units: 2, ...args });
      layer.build([null, 2]);
      // relu(3 x) - x of two features, with - x = relu(- x) - relu(x).
      const inwards = [
        [3, 0, 1, -1, 0, 0],
        [0, 3, 0, 0, 1, -1],
      ];
      const outwards = [
        [1, 0],
        [0, 1],
        [-1, 0],
        [1, 0],
        [0, -1],
        [0, 1],
      ];
      const all = (kernel: number[][]) => Array.from({ length: 8 }, () => kernel.flat()).flat();
      write(layer, {
        'gate/router/kernel': new Array(16).fill(0),
        'gate/bias': llama.in.logits[0],
        'layer_1/kernel': all(inwards),
        'layer_2/kernel': all(outwards),
      });
      return numbers(() => layer.apply(tf.tensor2d([llama.out.example_x])) as tf.Tensor);
    },
  },
  withShared(
    'Qwen2-MoE, Qwen3-Next',
    "{ shared: sharedExperts({ expert: constant(), gate: 'sigmoid' }) }",
    shared.out.qwen,
  ),
  withShared(
    'DeepSeek, Llama 4, GLM',
    '{ shared: sharedExperts({ expert: constant() }) }',
    shared.out.deepseek,
  ),
  {
    vector: 'mmoe',
    convention: 'a gate for every task',
    library: 'MMoE',
    option:
      'multiGateMixtureOfExperts({ tasks: 2, experts: 3, gate: softmax(), expert: constant(), units: 2 })',
    expected: mmoe.out.task_outputs.flat(),
    answer(layer: MultiGateMixtureOfExperts) {
      layer.build([null, 1]);
      write(layer, {
        'gate/task_1/bias': mmoe.in.gate_logits[0],
        'gate/task_2/bias': mmoe.in.gate_logits[1],
        'expert/value': mmoe.in.expert_outputs.flat(),
      });
      return numbers(() => tf.concat(layer.apply(tf.zeros([1, 1])), 1));
    },
  },
  {
    vector: 'ple_cgc',
    convention: 'experts of every task beside shared ones',
    library: 'PLE, DeepCTR',
    option:
      'customizedGateControl({ tasks: 1, experts: { own: 1, shared: 1 }, gate: softmax(), expert: constant(), units: 2 })',
    expected: cgc.out.y,
    answer(layer: CustomizedGateControl) {
      layer.build([null, 1]);
      write(layer, {
        'gate/task_1/bias': cgc.in.gate_logits,
        'expert/task_1/value': cgc.in.task_experts.flat(),
        'expert/shared/value': cgc.in.shared_experts.flat(),
      });
      return numbers(() => layer.apply(tf.zeros([1, 1]))[0]!);
    },
  },
  placed(
    'first choices first, then second ones',
    'GShard, V-MoE, flaxformer, Tutel',
    '{ capacity: { factor: 0.75 } }',
    capacity.out.weights_gshard_beforeDrop,
  ),
  placed(
    'the same, divided again after tokens were dropped',
    'GShard with its sum over what is kept',
    '{ capacity: { factor: 0.75 } }',
    capacity.out.weights_gshard_afterDrop,
    topK({ k: 2, renormalize: 'afterDrop' }),
  ),
  placed(
    'token by token',
    'DeepSpeed',
    '{ capacity: { factor: 0.75, priority: tokenOrder } }',
    kept(capacity.out.tokenOrder),
  ),
  placed(
    'tokens with the largest weight first',
    'V-MoE',
    '{ capacity: { factor: 0.75, priority: batchPriority } }',
    kept(capacity.out.bpr),
  ),
  placed(
    'the largest weights first',
    'Megatron',
    '{ capacity: { factor: 0.75, priority: probabilityPriority } }',
    kept(capacity.out.probs),
  ),
];
