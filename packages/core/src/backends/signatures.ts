/** What the kernels of a backend are given, as `@tfjs-moe/core/kernels` says it in words. `I` is a tensor there. */
import type { DeviceOffsets } from './offsets.ts';

/** Rows sorted by expert, one kernel for each expert, and what is added to its rows. */
export interface ProductInputs<I> {
  readonly x: I;
  readonly kernels: I;
  readonly bias?: I;
}

/** How a grouped product is taken. */
export interface ProductAttributes<I> {
  readonly offsets: DeviceOffsets<I>;
  readonly transpose: boolean;
  /** Whether negative results become 0. Default false. */
  readonly relu?: boolean;
}

/** The operands of the gradient to the kernels. */
export interface KernelGradientInputs<I> {
  readonly x: I;
  readonly dy: I;
}

/** Where the rows of each expert begin, for what needs nothing else. */
export interface GroupAttributes<I> {
  readonly offsets: DeviceOffsets<I>;
}

/** Rows, and the numbers of those that are wanted. */
export interface GatherInputs<I> {
  readonly x: I;
  readonly index: I;
}

/** Rows with their weights and cells. */
export interface CombineInputs<I> {
  readonly x: I;
  readonly weights: I;
  readonly cell: I;
}

/** What selects experts. */
export interface SelectionInputs<I> {
  readonly logits: I;
  readonly selectionBias?: I;
  readonly mask?: I;
}

/** What the gradient of the weights of a selection needs. */
export interface SelectionGradientInputs<I> {
  readonly logits: I;
  readonly selected: I;
  readonly dy: I;
}

/** What a kernel that selects experts is told besides the tensors. */
export interface SelectionAttributes {
  readonly k: number;
  readonly isSigmoid: boolean;
  /** Whether the weights, and not the logits, order the experts. */
  readonly byWeights: boolean;
  /** Whether weights are divided by their sum over the selected experts. */
  readonly divides: boolean;
  readonly scale: number;
}
