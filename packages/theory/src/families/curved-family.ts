import { type Jet, type Ring, secondDerivative } from '@tfjs-moe/numerics';
import type { Atom, Coordinate } from '../mixture/atom.ts';
import type { FunctionLabel } from '../verdict/labelled-family.ts';
import type { Support } from '../verdict/support.ts';

/** Second derivatives that belong together: their coefficients are a positive semidefinite matrix. */
export interface Block {
  readonly atom: number;
  readonly coordinates: readonly Coordinate[];
  /** Their indices in the atom's jets. */
  readonly indices: readonly number[];
}

export interface CurvedValues<S> {
  readonly free: readonly S[];
  /** Per block, the lower triangle row by row. */
  readonly curved: readonly (readonly S[])[];
}

/**
 * The functions that the second-order criterion speaks about: free ones, whose coefficients may be any numbers, and for
 * every over-fitted atom the second derivatives in its own coordinates, whose coefficients form a matrix.
 */
export interface CurvedFamily {
  readonly inputDim: number;
  /** Names of the free functions. */
  readonly labels: readonly FunctionLabel[];
  readonly blocks: readonly Block[];
  /** Where functions are compared, for the first inputs. Default: everywhere. */
  readonly support?: Support | undefined;
  /** Whether a gate selects, so that atoms are seen at a part of the inputs only. */
  readonly selects?: boolean;
  evaluate<S>(ring: Ring<S>, x: readonly S[]): CurvedValues<S>;
}

/** The block of an atom: all coordinates of its own, without its mass. */
export function ownBlock({ index, coordinates }: Atom): Block {
  const own = coordinates.flatMap((coordinate, i) =>
    coordinate.isShared || coordinate.isBias || coordinate.isKnown ? [] : [{ coordinate, i }],
  );
  return {
    atom: index,
    coordinates: own.map(({ coordinate }) => coordinate),
    indices: own.map(({ i }) => i),
  };
}

/** $\partial_i\partial_j$ of a jet for the coordinates of a block, the lower triangle row by row. */
export function secondDerivatives<S>(ring: Ring<S>, { indices }: Block, jet: Jet<S>): S[] {
  return indices.flatMap((i, u) => indices.slice(0, u + 1).map((j) => secondDerivative(ring, jet, i, j)));
}
