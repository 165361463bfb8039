import type { Matrix } from '@tfjs-moe/numerics';
import { type Block, mostRows, type Part, type Parts, type Source } from '../part.ts';

/** How the derivatives of a function are made from those that it has by all coordinates. */
interface Change {
  readonly support: readonly number[];
  /** Of every new coordinate, which of the old ones move with it, and how much. */
  readonly terms: readonly (readonly { readonly of: number; readonly factor: number }[])[];
}

/**
 * Parts with derivatives by the coordinates v of solutions, $u = u_0 + R v$: $\nabla_v = R^\top \nabla_u$ and
 * $\nabla^2_v = R^\top \nabla^2_u R$. A column that only changes its place is not copied.
 */
export function structuredSource(
  source: Source,
  basis: Matrix,
  toAll: (at: Float64Array) => Float64Array,
): Source {
  const rows = mostRows(source.blocks);
  const changes = new WeakMap<readonly number[], Change>();
  const room: Float64Array[] = [];
  let used = 0;
  const column = (): Float64Array => {
    if (used === room.length) room.push(new Float64Array(rows));
    return room[used++]!;
  };
  const changeOf = (support: readonly number[]): Change => {
    const known = changes.get(support);
    if (known !== undefined) return known;
    const change = changeFor(support, basis);
    changes.set(support, change);
    return change;
  };
  const changed = (part: Part, count: number): Part => {
    const { support, terms } = changeOf(part.support);
    if (part.gradient.length === 0) return { ...part, support };
    const gradient = terms.map((own) => {
      if (own.length === 1 && own[0]!.factor === 1) return part.gradient[own[0]!.of]!;
      return combined(
        column(),
        own.map(({ of, factor }) => [part.gradient[of]!, factor]),
        count,
      );
    });
    const { hessian } = part;
    if (hessian === undefined) return { value: part.value, support, gradient };
    const entry = (i: number, j: number) => hessian[i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i];
    return {
      value: part.value,
      support,
      gradient,
      hessian: terms.flatMap((left, a) =>
        terms.slice(0, a + 1).map((right) => {
          const pairs = left.flatMap((l) =>
            right.flatMap((r): [Float64Array, number][] => {
              const own = entry(l.of, r.of);
              return own === undefined ? [] : [[own, l.factor * r.factor]];
            }),
          );
          if (pairs.length === 0) return undefined;
          return pairs.length === 1 && pairs[0]![1] === 1 ? pairs[0]![0] : combined(column(), pairs, count);
        }),
      ),
    };
  };
  return {
    blocks: source.blocks,
    evaluate(block: Block, at, order, everywhere): Parts {
      const parts = source.evaluate(block, toAll(at), order, everywhere);
      used = 0;
      if (order === 0) return parts;
      return {
        ...parts,
        logits: parts.logits.map((part) => changed(part, block.rows)),
        outputs: parts.outputs.map((own) => own.map((part) => changed(part, block.rows))),
      };
    },
  };
}

function changeFor(support: readonly number[], { rows, columns, data }: Matrix): Change {
  const all = Array.from({ length: columns }, (_, k) => ({
    k,
    own: support.flatMap((j, of) => {
      const factor = data[j + k * rows]!;
      return factor === 0 ? [] : [{ of, factor }];
    }),
  })).filter(({ own }) => own.length > 0);
  return { support: all.map(({ k }) => k), terms: all.map(({ own }) => own) };
}

/** $\sum_t c_t a_t$ of some columns. */
function combined(
  out: Float64Array,
  terms: readonly (readonly [Float64Array, number])[],
  rows: number,
): Float64Array {
  out.fill(0, 0, rows);
  for (const [values, factor] of terms) for (let i = 0; i < rows; i++) out[i] = out[i]! + factor * values[i]!;
  return out;
}
