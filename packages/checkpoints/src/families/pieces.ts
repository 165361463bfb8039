import type { BlockSizes } from './block-sizes.ts';
import type { Family, LayoutName, SharedNames } from './family.ts';
import type { Piece, View } from './tensor-layout.ts';

/** Where a block lies in a file, and how. */
export interface Layout {
  readonly name: LayoutName;
  /** Fused kernels are [in, out]. */
  readonly isTransposed: boolean;
  /** `model.layers.3.`, of the whole layer. */
  readonly layerPrefix: string;
  /** `model.layers.3.mlp.`, of the block. */
  readonly prefix: string;
  /** Full names. */
  readonly router: string;
  readonly selectionBias: string | undefined;
  /** Names in the block of the tensors that hold all experts. */
  readonly fused: Family['fused'];
}

/**
 * Every tensor of a block, with its shape, and where in the layer its numbers belong.
 * @param experts the experts that are wanted, which become the layer's in this order
 */
export function piecesOf(
  family: Family,
  layout: Layout,
  sizes: BlockSizes,
  experts: readonly number[],
): Piece[] {
  const { experts: E, features: D, sharedHiddenUnits } = sizes;
  const { prefix } = layout;
  const pieces: Piece[] = experts.map((row, i) => ({
    tensor: layout.router,
    shape: [E, D],
    row,
    views: [plain('gate/router/kernel', i * D, 1, D)],
  }));
  if (family.routerBias !== undefined)
    pieces.push(...rows(prefix + family.routerBias, [E], experts, (i) => [plain('gate/bias', i, 1, 1)]));
  if (layout.selectionBias !== undefined) {
    const [tensor, bias] = [layout.selectionBias, 'gate/selection_bias'];
    if (family.selectionBiasAxes === 2) {
      const views = experts.map((e, i) => ({ ...plain(bias, i, 1, 1), offset: e }));
      pieces.push({ tensor, shape: [1, E], views });
    } else pieces.push(...rows(tensor, [E], experts, (i) => [plain(bias, i, 1, 1)]));
  }
  const isFused = layout.name !== 'perExpert';
  pieces.push(
    ...(isFused ? fusedPieces(family, layout, sizes, experts) : expertPieces(family, prefix, sizes, experts)),
  );
  if (family.shared !== undefined && sharedHiddenUnits !== undefined)
    pieces.push(...sharedPieces(family.shared, layout, D, sharedHiddenUnits));
  if (family.blockBias !== undefined)
    pieces.push({ tensor: prefix + family.blockBias, shape: [D], views: [plain('shared/value', 0, 1, D)] });
  return pieces;
}

function expertPieces(
  { perExpert }: Family,
  prefix: string,
  { features: D, hiddenUnits: I }: BlockSizes,
  experts: readonly number[],
): Piece[] {
  const { gate, up, down } = perExpert!;
  return experts.flatMap((e, i) => {
    const at = (name: string) => `${prefix}experts.${e}.${name}.weight`;
    return [
      { tensor: at(gate), shape: [I, D], views: [swapped('expert/kernel_gate', i * D * I, D, I)] },
      { tensor: at(up), shape: [I, D], views: [swapped('expert/kernel_up', i * D * I, D, I)] },
      { tensor: at(down), shape: [D, I], views: [swapped('expert/kernel_down', i * D * I, I, D)] },
    ];
  });
}

function fusedPieces(
  family: Family,
  layout: Layout,
  { experts: E, features: D, hiddenUnits: I }: BlockSizes,
  experts: readonly number[],
): Piece[] {
  const { isTransposed, prefix } = layout;
  const isInterleaved = family.isInterleaved === true;
  const [gateUp, down] = [prefix + layout.fused.gateUp, prefix + layout.fused.down];
  // Unit i of gate and of up, in the axis that holds both.
  const step = isInterleaved ? 2 : 1;
  const first = { gate: 0, up: isInterleaved ? 1 : I };
  const kernel = (weight: 'gate' | 'up', i: number): View => ({
    ...plain(`expert/kernel_${weight}`, i * D * I, D, I),
    offset: first[weight] * (isTransposed ? 1 : D),
    rowStride: isTransposed ? 2 * I : 1,
    columnStride: step * (isTransposed ? 1 : D),
  });
  const bias = (weight: 'gate' | 'up', i: number): View => ({
    ...plain(`expert/bias_${weight}`, i * I, 1, I),
    offset: first[weight],
    columnStride: step,
  });
  const inDown = isTransposed ? plain : swapped;
  const kernels = [
    ...rows(gateUp, isTransposed ? [E, D, 2 * I] : [E, 2 * I, D], experts, (i) => [
      kernel('gate', i),
      kernel('up', i),
    ]),
    ...rows(down, isTransposed ? [E, I, D] : [E, D, I], experts, (i) => [
      inDown('expert/kernel_down', i * I * D, I, D),
    ]),
  ];
  return [
    ...(layout.name === 'mxfp4' ? kernels.map((piece) => ({ ...piece, isPacked: true })) : kernels),
    ...(family.hasBiases !== true
      ? []
      : [
          ...rows(`${gateUp}_bias`, [E, 2 * I], experts, (i) => [bias('gate', i), bias('up', i)]),
          ...rows(`${down}_bias`, [E, D], experts, (i) => [plain('expert/bias_down', i * D, 1, D)]),
        ]),
  ];
}

function sharedPieces(shared: SharedNames, layout: Layout, D: number, I: number): Piece[] {
  const at = (name: string) => (shared.isOutside ? layout.layerPrefix : layout.prefix) + name;
  const [gate, up] = [swapped('shared/kernel_gate', 0, D, I), swapped('shared/kernel_up', 0, D, I)];
  const into =
    shared.gateUp === undefined
      ? [
          { tensor: at(shared.gate!), shape: [I, D], views: [gate] },
          { tensor: at(shared.up!), shape: [I, D], views: [up] },
        ]
      : [{ tensor: at(shared.gateUp), shape: [2 * I, D], views: [gate, { ...up, offset: I * D }] }];
  return [
    ...into,
    { tensor: at(shared.down), shape: [D, I], views: [swapped('shared/kernel_down', 0, I, D)] },
    ...(shared.weighting === undefined
      ? []
      : [{ tensor: at(shared.weighting), shape: [1, D], views: [plain('shared/gate/kernel', 0, 1, D)] }]),
  ];
}

function rows(
  tensor: string,
  shape: readonly number[],
  experts: readonly number[],
  views: (i: number) => View[],
): Piece[] {
  return experts.map((row, i) => ({ tensor, shape, row, views: views(i) }));
}

/** A weight [rows, columns] that lies in the piece as it is. */
function plain(weight: string, start: number, rows: number, columns: number): View {
  return { weight, start, rows, columns, offset: 0, rowStride: columns, columnStride: 1 };
}

/** A weight [in, out] that lies in the piece as [out, in]. */
function swapped(weight: string, start: number, rows: number, columns: number): View {
  return { weight, start, rows, columns, offset: 0, rowStride: 1, columnStride: rows };
}
