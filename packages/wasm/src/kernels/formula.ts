/**
 * A formula over the numbers of a routing, as a list of steps: what balance losses are. A value has one number or one for
 * each token, for each of one or of all experts, and those with fewer stand for those with more.
 */

/** What a step does with the values that it is made of. */
export type FormulaOperation =
  | 'logits'
  | 'weights'
  | 'choice'
  | 'constant'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'greater'
  | 'greaterOrEqual'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'logSigmoid'
  | 'stopGradient'
  | 'sumExperts'
  | 'softmax'
  | 'logSumExp'
  | 'top'
  | 'sumTokens'
  | 'meanTokens';

/** One step of a formula: values are numbered, and the result of the n-th step is n. */
export interface FormulaStep {
  readonly operation: FormulaOperation;
  /** What it is made of. */
  readonly from: number;
  readonly other: number;
  /** Whether there is one number for each token, and for each expert. */
  readonly tokens: boolean;
  readonly experts: boolean;
  /** Whether no rounding is in it, so that it can be compared with others. */
  readonly isExact: boolean;
  /** Of a constant its value; of a choice, or of one of the largest, which. */
  readonly value: number;
  /** Whether sums and means over tokens stay inside each sequence. */
  readonly inSequences: boolean;
}

/** Terms of a loss: weights, and numbers of values. */
export interface Formula {
  readonly steps: readonly FormulaStep[];
  readonly terms: readonly { readonly weight: number; readonly value: number }[];
}

/** The numbers of a batch that a formula reads. */
export interface FormulaBatch {
  readonly tokens: number;
  readonly experts: number;
  /** Runs of consecutive tokens. */
  readonly sequences: number;
  /** [tokens, experts], 0 for padding. */
  readonly logits: Float32Array;
  /** [tokens, experts], 0 where not selected. */
  readonly weights: Float32Array;
  /** [tokens, perToken]: numbers of the experts; of padding the first is -1. */
  readonly chosen: Int32Array;
  readonly perToken: number;
  /** [tokens] with 0 for padding; nothing where there is none. */
  readonly mask: Float32Array | undefined;
}

/** Numbers of a value. */
export const sizeOf = (
  { tokens, experts }: Pick<FormulaStep, 'tokens' | 'experts'>,
  batch: FormulaBatch,
): number => (tokens ? batch.tokens : 1) * (experts ? batch.experts : 1);

/** How far the numbers of a value lie apart from token to token, and from expert to expert. */
export const stridesOf = (
  { tokens, experts }: Pick<FormulaStep, 'tokens' | 'experts'>,
  batch: FormulaBatch,
): readonly [token: number, expert: number] => [tokens ? (experts ? batch.experts : 1) : 0, experts ? 1 : 0];
