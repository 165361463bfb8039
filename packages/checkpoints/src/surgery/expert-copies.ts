import { stream } from '@tfjs-moe/core';
import type { DenseNetwork } from './dense-network.ts';
import { type UnitAxis, withUnits } from './hidden-units.ts';

/** What experts are made of. */
export interface CopySettings {
  readonly experts: number;
  /** Experts that share the units of the last hidden layer; 1 for whole copies. */
  readonly groups: number;
  /** Share of the hidden units that are drawn anew. */
  readonly ratio: number;
  readonly seed: number;
}

/** Kernels and biases of all experts, layer by layer, one expert after the other. */
export interface ExpertCopies {
  readonly kernels: readonly Float32Array[];
  readonly biases: readonly Float32Array[];
}

/** The numbers of experts that are copies of a network, or shares of its last hidden layer. */
export function expertCopies(network: DenseNetwork, settings: CopySettings): ExpertCopies {
  const { experts, groups, ratio, seed } = settings;
  const { kernels, biases, widths } = network;
  const last = kernels.length - 1;
  const own = Array.from({ length: experts }, (_, e) => {
    const shard = shardOf(widths[last]!, groups, e % groups);
    const ofExpert = {
      kernels: kernels.map((kernel, layer) => {
        const [rows, columns] = [widths[layer]!, widths[layer + 1]!];
        if (layer === last) return withUnits(kernel, firstAxis(rows, columns), shard, () => groups);
        return layer === last - 1 ? withUnits(kernel, lastAxis(rows, columns), shard) : kernel.slice();
      }),
      biases: biases.map((bias, layer) =>
        layer === last - 1 ? withUnits(bias, lastAxis(1, widths[last]!), shard) : bias.slice(),
      ),
    };
    for (let layer = 0; ratio > 0 && layer < last; layer++)
      redrawUnits(ofExpert.kernels, layer, {
        hidden: ofExpert.biases[layer]!.length,
        ratio,
        seed,
        expert: e,
      });
    return ofExpert;
  });
  return {
    kernels: kernels.map((_, layer) => together(own.map((each) => each.kernels[layer]!))),
    biases: biases.map((_, layer) => together(own.map((each) => each.biases[layer]!))),
  };
}

const lastAxis = (rows: number, columns: number): UnitAxis => ({
  name: '',
  outer: rows,
  units: columns,
  inner: 1,
});
const firstAxis = (rows: number, columns: number): UnitAxis => ({
  name: '',
  outer: 1,
  units: rows,
  inner: columns,
});

/** The units of one of so many equal shares. */
function shardOf(units: number, groups: number, shard: number): number[] {
  const size = units / groups;
  return Array.from({ length: size }, (_, unit) => shard * size + unit);
}

function together(arrays: readonly Float32Array[]): Float32Array {
  const size = arrays[0]!.length;
  const all = new Float32Array(arrays.length * size);
  arrays.forEach((array, i) => {
    all.set(array, i * size);
  });
  return all;
}

interface Redrawing {
  readonly hidden: number;
  readonly ratio: number;
  readonly seed: number;
  readonly expert: number;
}

/** Draws some units of a hidden layer anew: what leads to them, and what leads on from them. */
function redrawUnits(
  kernels: readonly Float32Array[],
  layer: number,
  { hidden, ratio, seed, expert }: Redrawing,
): void {
  const path = layer === 0 ? [] : [layer];
  const random = stream(seed, 'drop', ...path, expert);
  const order = Array.from({ length: hidden }, (_, unit) => ({ unit, at: random.uniform() }));
  const units = order
    .sort((a, b) => a.at - b.at)
    .slice(0, Math.floor(hidden * ratio))
    .map(({ unit }) => unit);
  const [into, from] = [kernels[layer]!, kernels[layer + 1]!];
  const [rows, columns] = [into.length / hidden, from.length / hidden];
  const incoming = units.flatMap((h) => Array.from({ length: rows }, (_, d) => d * hidden + h));
  const outgoing = units.flatMap((h) => Array.from({ length: columns }, (_, u) => h * columns + u));
  redraw(into, incoming, stream(seed, 'redraw', 'in', ...path, expert));
  redraw(from, outgoing, stream(seed, 'redraw', 'out', ...path, expert));
}

/** Draws numbers anew from the normal distribution with the mean and the deviation of exactly these. */
function redraw(numbers: Float32Array, places: readonly number[], random: ReturnType<typeof stream>): void {
  if (places.length === 0) return;
  const mean = places.reduce((sum, i) => sum + numbers[i]!, 0) / places.length;
  const variance = places.reduce((sum, i) => sum + (numbers[i]! - mean) ** 2, 0) / places.length;
  for (const i of places) numbers[i] = mean + Math.sqrt(variance) * random.normal();
}
