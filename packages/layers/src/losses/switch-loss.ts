import {
  type BalanceContext,
  type BalanceLossFactory,
  expectBoolean,
  expectKnownOptions,
  expectOneOf,
  type GateOps,
  mapNames,
  type Routing,
} from '@tfjs-moe/core';
import { defineBalanceLoss } from '../balance/define-balance-loss.ts';
import { selectedMask } from './selected.ts';

export const switchScalings = ['top1', 'sumOverK', 'meanOverK'] as const;
const extents = ['batch', 'sequence', 'step', 'layers'] as const;

/** Options of `switchLoss`: its weight and its convention. */
export interface SwitchLossOptions {
  /** Coefficient in the training loss. Default 0.01. */
  readonly weight?: number;
  /** What counts as the load of an expert. Default `meanOverK`. */
  readonly scaling?: (typeof switchScalings)[number];
  /**
   * Among which tokens the load is balanced: those of the batch; of each sequence, with the mean over the sequences; of all
   * batches of a step of the optimiser so far, where several accumulate; or of all layers of a model that have this loss with
   * the same options and as many experts, as if their tokens were of one layer. Default `batch`.
   *
   * Over layers, give each of them the loss: its term is what it adds to that of the layers called before it, and the terms
   * of all sum to the one loss. It counts every call since losses were last asked for, so ask when all layers have been
   * called, as models do.
   */
  readonly over?: (typeof extents)[number];
  /**
   * Whose load: the experts that were selected, or those that the probabilities alone would have selected, without the bias
   * or the groups of the selection (DeepSeek-V3's report). Default `choices`.
   */
  readonly of?: 'choices' | 'probabilities';
  /**
   * Whether the softmax is taken a second time, of the probabilities, as some versions of Hugging Face transformers did by
   * mistake; for comparison alone. Default false.
   */
  readonly doubleSoftmax?: boolean;
}

/**
 * The load-balancing loss of the Switch Transformer and GShard, $E \sum_e f_e \bar P_e$: the fraction of tokens that
 * expert e is sent, times its mean probability. The gradient flows through $\bar P$ alone.
 *
 * Libraries scale it in three ways for K > 1, and a coefficient is comparable only under the same one. `meanOverK` is 1
 * and `sumOverK` is K when the load is uniform; `top1` counts first choices only and is 1 when uniform. Over a batch that
 * is small, or of one subject, it keeps experts from becoming special; `over: 'step'` balances all batches that accumulate
 * in a step, `over: 'sequence'` is the complement of a selection bias, `over: 'layers'` lets one layer make up for another.
 *
 * Source: Fedus, Zoph and Shazeer 2022, equations 4 to 6; Lepikhin et al. 2021. `sumOverK` is the scaling of Hugging Face
 * transformers, flaxformer and MaxText; `meanOverK` that of Megatron, MegaBlocks and KerasHub; `top1` that of GShard's
 * original, Tutel and DeepSpeed. `sequence`: DeepSeek-AI, "DeepSeek-V3 Technical Report" (2024), equations 17 to 20. `step`:
 * Qiu et al., "Demons in the Detail" (2025). `layers`: Hugging Face transformers, which concatenates the logits of all
 * layers. The double softmax: huggingface/transformers issue 45120.
 */
export const switchLoss: BalanceLossFactory<[options?: SwitchLossOptions]> =
  /* @__PURE__ */ defineBalanceLoss('switchLoss', (options: SwitchLossOptions = {}) => {
    const who = 'switchLoss';
    expectKnownOptions(who, options, ['weight', 'scaling', 'over', 'of', 'doubleSoftmax']);
    const { weight = 0.01 } = options;
    const scaling = expectOneOf(who, 'scaling', options.scaling ?? 'meanOverK', switchScalings);
    const over = expectOneOf(who, 'over', options.over ?? 'batch', extents);
    const of = expectOneOf(who, 'of', options.of ?? 'choices', ['choices', 'probabilities']);
    const doubleSoftmax = expectBoolean(who, 'doubleSoftmax', options.doubleSoftmax ?? false);

    /** 0/1 [T, E, 1]: what counts as load. */
    function counted<V>(ops: GateOps<V>, routing: Routing<V>, expertsPerToken: number): V {
      if (scaling === 'top1')
        return ops.topK(of === 'choices' ? routing.scores : routing.probabilities, 1)[0]!;
      if (of === 'choices') return selectedMask(ops, routing);
      return selectedMask(ops, { choices: ops.topK(routing.probabilities, expertsPerToken) });
    }

    const probabilitiesOf = <V>(ops: GateOps<V>, routing: Routing<V>): V =>
      doubleSoftmax ? ops.softmax(routing.probabilities) : routing.probabilities;

    function observe<V>(ops: GateOps<V>, routing: Routing<V>, { expertsPerToken }: BalanceContext) {
      return {
        load: ops.sumTokens(counted(ops, routing, expertsPerToken)),
        tokens: ops.sumTokens(ops.constant(1)),
        ...(over === 'layers' && { probabilities: ops.sumTokens(probabilitiesOf(ops, routing)) }),
      };
    }

    /** The loss before its scaling. */
    function mismatch<V>(ops: GateOps<V>, routing: Routing<V>, context: BalanceContext<V>): V {
      const { expertsPerToken, sums } = context;
      if (over === 'layers') return addedTo(ops, sums, observe(ops, routing, context) as Sums<V>);
      const tokens = over === 'sequence' ? ops.inSequences() : ops;
      const load = counted(ops, routing, expertsPerToken);
      const share = sums ? shareOfStep(ops, load, sums) : tokens.meanTokens(load);
      const total = ops.sumExperts(ops.mul(share, tokens.meanTokens(probabilitiesOf(ops, routing))));
      return over === 'sequence' ? meanOfSequences(ops, total) : total;
    }

    return {
      config: { scaling, over, of, doubleSoftmax },
      laterOptions: ['over', 'of', 'doubleSoftmax'],
      weight,
      value(ops, routing, context) {
        const { experts, expertsPerToken } = context;
        const scale = ops.constant(scaling === 'meanOverK' ? experts / expertsPerToken : experts);
        return ops.mul(mismatch(ops, routing, context), scale);
      },
      ...((over === 'step' || over === 'layers') && { observe }),
      ...(over === 'layers' && { joins: over }),
    };
  });

type Sums<V> = Readonly<Record<string, V>>;

/** What the tokens of one more layer add to the loss of those before it. */
function addedTo<V>(ops: GateOps<V>, before: Sums<V> | undefined, own: Sums<V>): V {
  if (before === undefined) return lossOfSums(ops, own);
  const all = mapNames(own, (sum, name) => ops.add(before[name]!, sum));
  return ops.sub(lossOfSums(ops, all), lossOfSums(ops, before));
}

function lossOfSums<V>(ops: GateOps<V>, { load, probabilities, tokens }: Sums<V>): V {
  const count = orOne(ops, tokens!);
  return ops.sumExperts(ops.mul(ops.div(load!, count), ops.div(probabilities!, count)));
}

/** A number of tokens to divide by; without any the sums are 0 too. */
function orOne<V>(ops: GateOps<V>, count: V): V {
  return ops.add(count, ops.greaterOrEqual(ops.constant(0), count));
}

/** The share of the tokens of all batches of the step so far that each expert was sent. */
function shareOfStep<V>(ops: GateOps<V>, load: V, sums: Sums<V>): V {
  const tokens = ops.add(sums.tokens!, ops.sumTokens(ops.constant(1)));
  return ops.div(ops.add(sums.load!, ops.sumTokens(load)), orOne(ops, tokens));
}

/** The mean over the sequences that have a token of a value that the tokens of a sequence share. */
function meanOfSequences<V>(ops: GateOps<V>, value: V): V {
  const lengths = orOne(ops, ops.inSequences().sumTokens(ops.constant(1)));
  const sequences = ops.sumTokens(ops.div(ops.constant(1), lengths));
  return ops.div(ops.sumTokens(ops.div(value, lengths)), orOne(ops, sequences));
}

declare module '@tfjs-moe/core' {
  interface BalanceLossOptionsByKind<Kind extends string> {
    readonly switchLoss: SwitchLossOptions;
  }
}
