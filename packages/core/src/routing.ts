/**
 * Routing: what a gate says of every token and expert. Values are [tokens, experts, 1].
 *
 * The outcome of a gate, in whatever interpretation it ran.
 */
export interface Routing<V> {
  /** Clean router logits, before noise: what the z-loss looks at. */
  readonly logits: V;
  /** What selection orders experts by; often the logits with noise. Only their order counts. */
  readonly scores: V;
  /** A full distribution over the experts for the balance losses, whether or not they were selected; rows sum to 1. */
  readonly probabilities: V;
  /**
   * Disjoint 0/1 masks of the selected experts in order of priority: first choices, second choices, ... A gate without
   * an order returns one mask; a gate that returns as many masks as it has experts per token selects at most one expert
   * in each. They decide who is dropped first when an expert is full.
   */
  readonly choices: readonly V[];
  /**
   * Combine weights; 0 where an expert is not selected. Gradients flow through these alone.
   *
   * A token with a NaN among the numbers that route it (its logits, its scores, its weights) has a NaN here, at a selected
   * expert or not: whoever combines answers NaN for such a token, whatever was selected.
   */
  readonly weights: V;
  /**
   * The weights before the gate divided them by their sum, where it does: a selection divides by the sum over the
   * selected experts instead.
   */
  readonly unnormalized?: V;
  /**
   * Logarithms of the weights, up to one number per token, where the gate has them: a selection can then divide by the
   * sum over the selected experts without underflow.
   */
  readonly logWeights?: V;
  /** Smooth probability that an expert is selected, where the gate has noise that makes it smooth. */
  readonly load?: V;
  /** Whether every expert is selected for every token, so that nobody needs to look at `choices`. Default false. */
  readonly selectsAll?: boolean;
  /** Whether the weights of what survives a capacity limit are divided by their sum. Default false. */
  readonly renormalizeAfterDrop?: boolean;
  /**
   * Coefficient of a loss that goes with the gate, where the gate moves it itself: a number, or one per expert. Its balance
   * loss takes it from here.
   */
  readonly coefficient?: V;
  /**
   * What the gate's `update` needs of this batch, which adds up over batches: sums over its tokens; or another number of
   * the batch, such as a quantile, times its tokens, with the tokens beside it, so that the update has the mean.
   */
  readonly observed?: Readonly<Record<string, V>>;
}

/**
 * SoftRouting: what a gate says that sends mixtures of tokens, and not tokens, to the experts.
 *
 * Every expert has S slots; slot s holds $\sum_t d_{ts}\,x_t$, and token t is given $\sum_s c_{ts}\,h_{e(s)}(\text{slot}_s)$.
 * Values are [tokens, E S, 1], the slots of an expert next to each other.
 */
export interface SoftRouting<V> {
  /** What the softmaxes are made of. */
  readonly logits: V;
  /** $d$: of every slot a distribution over the tokens of the batch, or of its sequence. */
  readonly dispatch: V;
  /** $c$: of every token a distribution over the slots. */
  readonly combine: V;
  /** Whether slots belong to a sequence and not to the batch: every sequence then has its own. */
  readonly perSequence: boolean;
}

/** What a gate is told besides the input. */
// biome-ignore lint/suspicious/noExplicitAny: a gate that reads no values from it need not name their type
export interface RoutingContext<V = any> {
  /** Number of experts that this gate chooses from. */
  readonly experts: number;
  /** Noise is allowed only while training; evaluation is deterministic. */
  readonly training: boolean;
  /** The side inputs that the gate asks for, by name: [T, 1, 1] or [T, E, 1]. */
  readonly inputs?: Readonly<Record<string, V>> | undefined;
  /** The choices of an earlier routing, to be used instead of selecting anew; only for gates with `replays`. */
  readonly choices?: readonly V[] | undefined;
}
