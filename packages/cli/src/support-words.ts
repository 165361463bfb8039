import type { Reader } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { Support } from '@tfjs-moe/theory';

/** Intervals by the number of their input, from 1. */
export type Intervals = ReadonlyMap<number, readonly [low: number, high: number]>;

const number = '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?';
const interval = new RegExp(`^x([1-9]\\d*) in \\[\\s*(${number})\\s*,\\s*(${number})\\s*\\]$`);

/** `x1 in [-1, 1], x2 in [0, 5]` */
export const intervals: Reader<Intervals> = (written, option, who) => {
  const found = new Map<number, readonly [number, number]>();
  for (const part of written.split(/(?<=\])\s*,\s*/)) {
    const [, input, low, high] = interval.exec(part.trim().replaceAll(/\s+/g, ' ')) ?? [];
    const place = Number(input);
    const side = [Number(low), Number(high)] as const;
    if (input === undefined || found.has(place) || !(side[0] < side[1]))
      throw new MoeError(who, `${option} must say intervals like "x1 in [-1, 1], x2 in [0, 5]"`, written);
    found.set(place, side);
  }
  return found;
};

/** The box of some intervals; inputs without one may be anywhere. */
export function boxOf(of: Intervals, inputDim: number): Support {
  const length = Math.max(inputDim, ...of.keys());
  return { box: Array.from({ length }, (_, u) => of.get(u + 1)) };
}
