import type { CheckedBlock } from '../families/check-block.ts';
import type { Family } from '../families/family.ts';
import { piecesOf } from '../families/pieces.ts';
import { numbersIn } from '../families/read-block.ts';
import { factorsOf, storedTensors } from '../families/stored-tensors.ts';
import { byTensor, fromPiece, intoPiece, type Movable, type Piece } from '../families/tensor-layout.ts';
import { type WrittenLayout, writtenLayout } from '../families/written-layout.ts';
import { type Checkpoint, type Dtype, type PlannedTensor, tensorData } from '../safetensors/index.ts';
import { wrongAt } from '../safetensors/place.ts';
import { type ConvertedDtype, convertedDtype } from './converted-tensor.ts';

/** A block in another layout. */
export interface RelaidBlock {
  /** Names of the tensors that it had. */
  readonly gone: readonly string[];
  /** Those that it has instead. */
  readonly tensors: readonly PlannedTensor[];
}

/**
 * A block whose experts lie in another layout. Both layouts are descriptions of where the numbers of the same weights lie, so
 * one is read through the other, an expert at a time.
 */
export async function relaidBlock(
  checkpoint: Checkpoint,
  family: Family,
  { layout, sizes }: CheckedBlock,
  wanted: WrittenLayout,
  dtype: ConvertedDtype | undefined,
): Promise<RelaidBlock> {
  const all = Array.from({ length: sizes.experts }, (_, e) => e);
  const old = piecesOf(family, layout, sizes, all);
  const place = writtenLayout(family, wanted, layout.layerPrefix);
  const now = byTensor(piecesOf(family, place, sizes, all));
  const stored = storedTensors(old);
  const factors = stored.map((tensor) => factorsOf(tensor).name).filter((name) => checkpoint.has(name));
  const sourceOf = new Map(old.flatMap((piece) => piece.views.map((view) => [keyOf(view), piece] as const)));
  const tensors: PlannedTensor[] = [];
  for (const [name, pieces] of now) {
    const sources = [
      ...new Set(pieces.flatMap(({ views }) => views.map((view) => sourceOf.get(keyOf(view))!))),
    ];
    const isExact = name === place.selectionBias;
    const kept = await commonDtype(checkpoint, name, sources, dtype, isExact);
    const other = isExact ? 'F32' : dtype!;
    const move = kept === undefined ? movedNumbers(checkpoint, other) : movedBits(checkpoint, kept);
    async function* chunks(): AsyncIterable<Uint8Array> {
      for (const piece of pieces) yield await move(piece, sourceOf);
    }
    tensors.push({ name, dtype: kept ?? other, shape: pieces[0]!.shape, chunks });
  }
  return { gone: [...stored.map(({ name }) => name), ...factors], tensors };
}

type Move = (piece: Piece, sourceOf: ReadonlyMap<string, Piece>) => Promise<Uint8Array>;

/** Numbers of a weight that lie together in both layouts. */
function keyOf({ weight, start }: { readonly weight: string; readonly start: number }): string {
  return `${weight} ${start}`;
}

/** The dtype that numbers have already, and keep; undefined where they are converted. */
async function commonDtype(
  checkpoint: Checkpoint,
  name: string,
  sources: readonly Piece[],
  wanted: ConvertedDtype | undefined,
  isExact: boolean,
): Promise<ConvertedDtype | undefined> {
  const dtypes = new Set<Dtype | 'MXFP4'>();
  for (const { isPacked, tensor } of sources)
    dtypes.add(isPacked ? 'MXFP4' : (await checkpoint.info(tensor)).dtype);
  const [own] = dtypes;
  const isMovable = dtypes.size === 1 && ['F32', 'BF16', 'F16'].includes(own!);
  const stays = wanted === undefined || convertedDtype(own!, wanted, isExact) === own;
  if (isMovable && stays) return own as ConvertedDtype;
  if (wanted !== undefined) return undefined;
  throw wrongAt({ file: checkpoint.name, tensor: name }, 'a dtype must be given for numbers of', [...dtypes]);
}

/** Bits are moved as they are, so that nothing is rounded, and no NaN becomes another. */
function movedBits(checkpoint: Checkpoint, dtype: ConvertedDtype): Move {
  const array = dtype === 'F32' ? Uint32Array : Uint16Array;
  const read = async ({ row, tensor }: Piece): Promise<Movable> => {
    const { bytes } =
      row === undefined ? await checkpoint.read(tensor) : await checkpoint.readRows(tensor, row, row + 1);
    // A copy from the start of a buffer of its own: slices of Node's Buffer are no copies.
    return new array(Uint8Array.from(bytes).buffer);
  };
  return async (piece, sourceOf) => {
    const moved = await gathered(piece, sourceOf, read, (size) => new array(size));
    return new Uint8Array(moved.buffer);
  };
}

function movedNumbers(checkpoint: Checkpoint, dtype: ConvertedDtype): Move {
  const read = (piece: Piece): Promise<Movable> => numbersIn(checkpoint, piece, piece.row);
  return async (piece, sourceOf) => {
    const moved = await gathered(piece, sourceOf, read, (size) => new Float32Array(size));
    return tensorData(piece.tensor, dtype, [moved.length], moved).bytes;
  };
}

/** The content of a piece, from the pieces that have it in the other layout. */
async function gathered(
  piece: Piece,
  sourceOf: ReadonlyMap<string, Piece>,
  read: (source: Piece) => Promise<Movable>,
  make: (size: number) => Movable,
): Promise<Movable> {
  const wanted = new Map(piece.views.map((view) => [keyOf(view), make(view.rows * view.columns)] as const));
  for (const source of new Set(piece.views.map((view) => sourceOf.get(keyOf(view))!)))
    fromPiece(alone(source, wanted), await read(source), (key) => wanted.get(key)!);
  const axes = piece.row === undefined ? piece.shape : piece.shape.slice(1);
  const whole = make(axes.reduce((product, size) => product * size, 1));
  intoPiece(alone(piece, wanted), whole, (key) => wanted.get(key)!);
  return whole;
}

/** A piece whose views are those that are wanted, each in an array of its own. */
function alone(piece: Piece, wanted: ReadonlyMap<string, unknown>): Piece {
  const views = piece.views
    .map((view) => ({ ...view, weight: keyOf(view), start: 0 }))
    .filter(({ weight }) => wanted.has(weight));
  return { ...piece, views };
}
