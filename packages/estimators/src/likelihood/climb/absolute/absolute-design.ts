import { MoeError, stream } from '@tfjs-moe/core';
import { hasLinearOutputs } from '../../problem/affine/affine-design.ts';
import type { Problem } from '../../problem/problem.ts';

/** Experts whose coefficients are found together: one alone, or all where a structure ties them. */
export interface AbsolutePart {
  readonly experts: readonly number[];
  /** Their coordinates. */
  readonly places: readonly number[];
  /** A column per coordinate, the rows of one expert after those of another. */
  readonly columns: readonly Float64Array[];
  /** The response less what the experts say that has no coordinates. */
  readonly target: Float64Array;
  /** What tells rows apart that would be met by chance. */
  readonly apart: Float64Array;
}

/** How far targets are moved apart, in deviations of the response: next to nothing, and more than rounding. */
const APART = 1e-10;

/**
 * @throws MoeError where experts have no vertices, or are held to a division of the rows
 */
export function expectVertices(who: string, { family, layout, selection }: Problem): void {
  if (family.isLeastAbsolute !== true) return;
  const { shape } = layout;
  if (!hasLinearOutputs(shape))
    throw new MoeError(
      who,
      `${family.kind} noise is for experts that are linear in all that they learn`,
      shape.expert.kind,
    );
  if (selection !== undefined)
    throw new MoeError(who, `${family.kind} noise is for gates that weigh all experts`, shape.gate.kind);
}

/** The columns that experts are linear combinations of, read off the problem once: in an affine one they are the same everywhere. */
export function absoluteDesign(problem: Problem): readonly AbsolutePart[] {
  const { source, coordinates, onOutputScale, data } = problem;
  const origin = new Float64Array(coordinates.size);
  const supports = source
    .evaluate(source.blocks[0]!, origin, 1)
    .outputs.map(([output]) => [...output!.support]);
  const parts = tiedExperts(supports);
  const random = stream(0, 'apart');
  const apart = Float64Array.from({ length: data.n * Math.max(...parts.map(({ length }) => length)) }, () =>
    random.normal(),
  ).map((value) => APART * value);
  const known = new Map<Float64Array, Float64Array>();
  return parts.map((own) => {
    const places = [...new Set(own.flatMap((e) => supports[e]!))].sort((a, b) => a - b);
    const columns = places.map(() => new Float64Array(own.length * data.n));
    const target = new Float64Array(own.length * data.n);
    for (const block of source.blocks) {
      const { outputs } = source.evaluate(block, origin, 1);
      own.forEach((e, k) => {
        const from = k * data.n + block.first;
        const { value, support, gradient } = outputs[e]![0]!;
        for (let i = 0; i < block.rows; i++) target[from + i] = onOutputScale[block.first + i]! - value[i]!;
        support.forEach((place, a) => {
          columns[places.indexOf(place)]!.set(gradient[a]!.subarray(0, block.rows), from);
        });
      });
    }
    return { experts: own, places, columns: columns.map((column) => shared(known, column)), target, apart };
  });
}

/** Experts that have coordinates in common, directly or through others. */
function tiedExperts(supports: readonly (readonly number[])[]): number[][] {
  const parts: { experts: number[]; places: Set<number> }[] = [];
  supports.forEach((support, e) => {
    const tied = parts.filter(({ places }) => support.some((place) => places.has(place)));
    const joined = {
      experts: [...tied.flatMap(({ experts }) => experts), e].sort((a, b) => a - b),
      places: new Set([...tied.flatMap(({ places }) => [...places]), ...support]),
    };
    for (const each of tied) parts.splice(parts.indexOf(each), 1);
    parts.push(joined);
  });
  return parts.map(({ experts }) => experts);
}

/** One array for columns that are the same, as those of experts that see the same inputs are. */
function shared(known: Map<Float64Array, Float64Array>, column: Float64Array): Float64Array {
  for (const other of known.keys())
    if (other.length === column.length && other.every((value, i) => value === column[i])) return other;
  known.set(column, column);
  return column;
}
