import { MoeError, type Stream } from '@tfjs-moe/core';

/**
 * Where the inputs are: a box, or the rows of a table. Functions are compared there and nowhere else, so that kinks and
 * selections count where the data are.
 */
export type Support =
  | {
      /** Of every input the interval, or nothing where it may be any number. */
      readonly box: readonly (readonly [low: number, high: number] | undefined)[];
    }
  | { readonly rows: readonly (readonly number[])[] };

/** The support that somebody was given as an argument, checked. */
export function expectSupport(
  who: string,
  support: Support | undefined,
  inputDim: number,
): Support | undefined {
  if (support === undefined) return undefined;
  const { box, rows } = (support ?? {}) as { box?: Box; rows?: readonly (readonly number[])[] };
  if (Array.isArray(box) && rows === undefined) {
    if (box.length !== inputDim)
      throw new MoeError(who, `support.box must have an interval for each of ${inputDim} inputs`, box.length);
    for (const interval of box) {
      if (interval === undefined) continue;
      const [low, high] = Array.isArray(interval) ? interval : [];
      if (Number.isFinite(low) && Number.isFinite(high) && low! < high!) continue;
      throw new MoeError(
        who,
        'support.box must hold intervals [low, high] of finite numbers, low < high',
        interval,
      );
    }
    return support;
  }
  if (Array.isArray(rows) && box === undefined && rows.length > 0) {
    const bad = rows.find(
      (row) =>
        !Array.isArray(row) || row.length !== inputDim || !row.every((value) => Number.isFinite(value)),
    );
    if (bad === undefined) return support;
    throw new MoeError(who, `support.rows must be rows of ${inputDim} finite numbers`, bad);
  }
  throw new MoeError(who, 'support must have a box of intervals or rows, at least one', support);
}

type Box = readonly (readonly [number, number] | undefined)[];

/** A support in words. */
export function describeSupport(support: Support): string {
  if ('rows' in support) return `the ${support.rows.length} rows of the table`;
  const sides = support.box.flatMap((side, u) => (side ? [`x${u + 1} in [${side[0]}, ${side[1]}]`] : []));
  return sides.length === 0 ? 'all inputs' : sides.join(', ');
}

/** The inputs of a point of a support: a row, or in every interval one of 4097 places. */
export function supportedInputs(support: Support, random: Stream, spread: number): readonly number[] {
  if ('rows' in support) return support.rows[random.integer(support.rows.length)]!;
  return support.box.map((side) => {
    if (side === undefined) return (spread * Math.round(random.normal() * 4096)) / 4096;
    const [low, high] = side;
    const part = random.integer(4097) / 4096;
    return Math.min(high, Math.max(low, low + part * (high - low)));
  });
}
