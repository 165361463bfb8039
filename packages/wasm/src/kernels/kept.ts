import type { ForwardAttributes, Instruction } from './forward.ts';

// As assembly/activations.ts numbers them: gelu, geluTanh, SiLU and softplus have their slope from what they were given.
const slopeFromInput = [2, 3, 6, 7];

/** Whether the slope of a step's activation is found from what it was given, and not from what it returned. */
export function looksBefore({ activation = 0 }: Instruction): boolean {
  return slopeFromInput.includes(activation);
}

/** Where the numbers lie that a gradient needs of its forward pass, in one list, and how many they are. */
export interface Kept {
  /** [T, E] */
  readonly logits: number;
  /** Weights of the rows. */
  readonly weight: number;
  /** Of each value of the program, the gathered rows of x at 0 left out: what it is on each row. */
  readonly result: readonly number[];
  /** Of each step, where its activation has been given something that is needed again. */
  readonly before: readonly (number | undefined)[];
  /** Where there is a loss of the routing: its gradients to the logits [T, E] and to the weights of the rows. */
  readonly slopes: { readonly logits: number; readonly weight: number } | undefined;
  readonly size: number;
}

/** The places of what is kept of `pairs` rows. */
export function keptOf(
  { program, loss }: Pick<ForwardAttributes, 'program' | 'loss'>,
  sizes: { readonly tokens: number; readonly experts: number; readonly pairs: number },
): Kept {
  let size = 0;
  const take = (numbers: number) => {
    const place = size;
    size += (numbers + 3) & ~3;
    return place;
  };
  const logits = take(sizes.tokens * sizes.experts);
  const weight = take(sizes.pairs);
  const result = [0, ...program.map(({ units }) => take(sizes.pairs * units))];
  const before = program.map((step) => (looksBefore(step) ? take(sizes.pairs * step.units) : undefined));
  const slopes = loss && { logits: take(sizes.tokens * sizes.experts), weight: take(sizes.pairs) };
  return { logits, weight, result, before, slopes, size };
}
