import type { AffineDesign } from './affine-design.ts';
import type { Affine } from './affine-source.ts';
import type { Basis } from './basis.ts';

/** A logit or an output with the numbers of the layout that multiply its columns. */
export interface AffineFunction extends Affine {
  readonly numbers: readonly number[];
}

/** The logits and the outputs of a model whose functions are affine, those that are not held with coordinates of their own. */
export interface AffineFunctions {
  readonly logits: readonly AffineFunction[];
  readonly outputs: readonly AffineFunction[];
  /** How many coordinates the logits have, and all functions. */
  readonly gateSize: number;
  readonly size: number;
}

/**
 * A function is free or held as a whole; where a gauge holds a part of one there is nothing.
 * @param held numbers that are not free
 * @param constants numbers among them that multiply a column of ones and are not 0
 */
export function affineFunctions(
  gate: AffineDesign & { readonly basis: Basis },
  expert: AffineDesign & { readonly basis: Basis },
  held: ReadonlySet<number>,
  constants: ReadonlyMap<number, number> = new Map(),
): AffineFunctions | undefined {
  const isHeld = (number: number) => held.has(number);
  const all = [...gate.numbers, ...expert.numbers];
  if (all.some((numbers) => numbers.some(isHeld) && !numbers.every(isHeld))) return undefined;
  let next = 0;
  const placed =
    (basis: Basis) =>
    (numbers: readonly number[]): AffineFunction => {
      if (numbers.some(isHeld)) {
        const constant = numbers.reduce((sum, number) => sum + (constants.get(number) ?? 0), 0);
        return { numbers, basis, start: undefined, constant };
      }
      const start = next;
      next += basis.columns.length;
      return { numbers, basis, start };
    };
  const logits = gate.numbers.map(placed(gate.basis));
  const gateSize = next;
  const outputs = expert.numbers.map(placed(expert.basis));
  return { logits, outputs, gateSize, size: next };
}

/** Numbers of free functions that are left out, because their column depends on others. */
export function aliasedIn({ logits, outputs }: AffineFunctions): number[] {
  return [...logits, ...outputs].flatMap(({ numbers, basis, start }) =>
    start === undefined ? [] : numbers.filter((_, j) => !basis.kept.includes(j)),
  );
}
