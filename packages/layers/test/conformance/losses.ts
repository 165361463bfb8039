import * as tf from '@tensorflow/tfjs-core';
import type { BalanceLoss, Gate } from '@tfjs-moe/core';
import { reMoe, topK } from '@tfjs-moe/gates';
import type { Convention } from './conventions.ts';
import { golden } from './golden.ts';
import { showing } from './layer-of.ts';

const logits: number[][] = golden.z_loss.in.logits;
const variants = golden.balance_loss_variants.out;
const z = golden.z_loss.out;
const global = golden.global_batch_balance.out;

interface Batch {
  /** Default top-2. */
  readonly gate?: Gate;
  /** 1 for tokens that count. */
  readonly mask?: readonly number[];
  /** Sequences in which the tokens come. */
  readonly sequences?: number;
}

/** A loss as a training step adds it. */
function balanced(
  [vector, convention, library, option]: readonly [string, string, string, string],
  expected: number,
  { mask, sequences = 1, gate = topK({ k: 2 }) }: Batch = {},
): Convention {
  return {
    vector,
    convention,
    library,
    option,
    expected: [expected],
    async answer(loss: BalanceLoss) {
      const experts = logits[0]!.length;
      const layer = showing(gate, experts, {}, { balance: [loss] });
      const shape = [sequences, logits.length / sequences] as const;
      const { value, grads } = tf.variableGrads(() => {
        const x = tf.tensor(logits.flat(), [...shape, experts]);
        layer.apply(x, { training: true, ...(mask && { mask: tf.tensor2d([...mask], [...shape]) }) });
        return layer.calculateLosses()[0]!;
      });
      const values = await value.data();
      tf.dispose([value, grads]);
      return values;
    },
  };
}

const withoutLast: Batch = { mask: [1, 1, 1, 0] };

/** A loss of two layers, as a model with both adds it; the second has the logits the other way round, twice as large. */
async function ofTwoLayers(loss: BalanceLoss): Promise<ArrayLike<number>> {
  const experts = logits[0]!.length;
  const made = [1, 2].map(() => showing(topK({ k: 2 }), experts, {}, { balance: [loss] }));
  const rows = [logits, logits.map((row) => [...row].reverse().map((value) => 2 * value))];
  const { value, grads } = tf.variableGrads(() => {
    made.forEach((layer, i) => {
      layer.apply(tf.tensor2d(rows[i]!), { training: true });
    });
    return tf.addN(made.flatMap((layer) => layer.calculateLosses())) as tf.Scalar;
  });
  const values = await value.data();
  tf.dispose([value, grads]);
  return values;
}

export const lossConventions: readonly Convention[] = [
  balanced(
    [
      'balance_loss_variants',
      'load of first choices',
      'Switch, GShard',
      "switchLoss({ scaling: 'top1', weight: 1 })",
    ],
    variants.top1,
  ),
  balanced(
    [
      'balance_loss_variants',
      'load of all choices',
      'Hugging Face',
      "switchLoss({ scaling: 'sumOverK', weight: 1 })",
    ],
    variants.sum_over_k,
  ),
  balanced(
    [
      'balance_loss_variants',
      'load of all choices, over K',
      'Megatron, OLMo-core, MegaBlocks',
      'switchLoss({ weight: 1 })',
    ],
    variants.mean_over_k,
  ),
  {
    vector: 'balance_loss_variants',
    convention: 'one load for all layers of a model',
    library: 'Hugging Face',
    option: "switchLoss({ scaling: 'sumOverK', over: 'layers', weight: 1 })",
    expected: [variants.hf_two_layers_concatenated],
    answer: ofTwoLayers,
  },
  {
    vector: 'balance_loss_variants',
    convention: 'the mean over layers, each with a load of its own',
    library: 'all but Hugging Face, over the number of layers',
    option: "switchLoss({ scaling: 'sumOverK', weight: 1 / 2 })",
    expected: [variants.mean_of_two_layers],
    answer: ofTwoLayers,
  },
  balanced(
    ['balance_loss_variants', 'the same without padding', 'Megatron', 'switchLoss({ weight: 1 })'],
    variants.megatron_padding_last_token,
    withoutLast,
  ),
  balanced(
    [
      'balance_loss_variants',
      'the softmax of a softmax',
      'Hugging Face, issue 45120',
      "switchLoss({ scaling: 'sumOverK', doubleSoftmax: true, weight: 1 })",
    ],
    variants.hf_double_softmax_bug_45120,
  ),
  balanced(
    ['global_batch_balance', 'over the batch', 'Qwen, Megatron', 'switchLoss({ weight: 1 })'],
    global.global,
  ),
  balanced(
    [
      'global_batch_balance',
      'over every sequence, and their mean',
      'DeepSeek-V3, Megatron',
      "switchLoss({ over: 'sequence', weight: 1 })",
    ],
    global.micro,
    { sequences: 2 },
  ),
  balanced(
    ['remoe', 'weights times loads, with a coefficient of 1 from `reMoe`', 'ReMoE', 'sparsityLoss()'],
    golden.remoe.out.l1_unscaled,
    { gate: reMoe({ k: 2, initialCoefficient: 1 }) },
  ),
  balanced(['z_loss', 'squared logarithm of the sum', 'ST-MoE', 'zLoss({ weight: 1 })'], z.all),
  balanced(
    ['z_loss', 'the same without padding', 'Megatron', 'zLoss({ weight: 1 })'],
    z.masked_megatron,
    withoutLast,
  ),
];
