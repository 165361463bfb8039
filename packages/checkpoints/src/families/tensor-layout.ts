/**
 * A tensor of a file, or one row of it, and the weights of the layer whose numbers are in it. The same description reads and
 * writes.
 */
export interface Piece {
  /** Full name of the tensor. */
  readonly tensor: string;
  /** Shape that the tensor must have. */
  readonly shape: readonly number[];
  /** Row of the tensor's first axis that this is about. Default: all of it. */
  readonly row?: number;
  /** Stored in MXFP4, as `.._blocks` and `.._scales`. */
  readonly isPacked?: boolean;
  readonly views: readonly View[];
}

/** Numbers of a weight, from `start` on [rows, columns] row by row, and where each lies in a piece. */
export interface View {
  /** Name of the layer's weight. */
  readonly weight: string;
  readonly start: number;
  readonly rows: number;
  readonly columns: number;
  /** Where the first number lies in the piece, and how far the next row and the next column are. */
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Numbers, or their patterns of bits, which are moved as they are. */
export type Movable = Float32Array | Uint16Array | Uint32Array;

/** Copies the numbers of a piece into the weights. */
export function fromPiece<A extends Movable>(
  { views }: Piece,
  numbers: A,
  weightOf: (name: string) => A,
): void {
  for (const view of views) each(view, weightOf(view.weight), (weight, i, at) => (weight[i] = numbers[at]!));
}

/** Copies the numbers of the weights into a piece. */
export function intoPiece<A extends Movable>(
  { views }: Piece,
  numbers: A,
  weightOf: (name: string) => A,
): void {
  for (const view of views) each(view, weightOf(view.weight), (weight, i, at) => (numbers[at] = weight[i]!));
}

function each<A extends Movable>(
  { start, rows, columns, offset, rowStride, columnStride }: View,
  weight: A,
  copy: (weight: A, i: number, at: number) => void,
): void {
  for (let r = 0; r < rows; r++) {
    const i = start + r * columns;
    const at = offset + r * rowStride;
    for (let c = 0; c < columns; c++) copy(weight, i + c, at + c * columnStride);
  }
}

/** Pieces that lie in the same tensor, together. */
export function byTensor(pieces: readonly Piece[]): Map<string, Piece[]> {
  const groups = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const others = groups.get(piece.tensor);
    if (others === undefined) groups.set(piece.tensor, [piece]);
    else others.push(piece);
  }
  return groups;
}
