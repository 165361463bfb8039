import { expectOneOf, MoeError } from '@tfjs-moe/core';
import type { RowOptions } from '../diagnostics/predictive.ts';
import { columnsOfSample, type Sample } from '../sample.ts';

/** Which input runs along the axis of a plot; the others stay at their medians. */
export interface SliceOptions {
  /** The input along the axis, by its name; all others stay at their medians. Default: the first. */
  readonly input?: string;
}

/**
 * A line through the inputs of a sample: one input from its smallest to its largest value, the others at their medians.
 */
export interface Slice {
  /** Name and place of the input. */
  readonly name: string;
  readonly index: number;
  /** Label of the axis, with what the other inputs are. */
  readonly axis: string;
  /** Values of the input, ascending. */
  readonly along: readonly number[];
  /** Whole rows at these values. */
  readonly rows: readonly (readonly number[])[];
  /** What else rows have, at its median. */
  readonly beside: RowOptions;
}

const STEPS = 200;

export function sliceOf(who: string, sample: Sample, { input }: SliceOptions, inputDim: number): Slice {
  const { inputs, inputNames, offset, trials } = columnsOfSample(who, sample);
  if (inputs.length !== inputDim)
    throw new MoeError(who, `the sample must have ${inputDim} inputs`, inputs.length);
  const name = expectOneOf(who, 'input', input ?? inputNames[0], inputNames);
  const index = inputNames.indexOf(name);
  const column = inputs[index]!;
  const least = column.reduce((a, b) => Math.min(a, b));
  const most = column.reduce((a, b) => Math.max(a, b));
  const middles = inputs.map(median);
  const along = Array.from({ length: STEPS + 1 }, (_, i) => least + ((most - least) * i) / STEPS);
  const others = [
    ...(inputs.length > 1 ? ['other inputs'] : []),
    ...(offset === undefined ? [] : ['the offset']),
    ...(trials === undefined ? [] : ['trials']),
  ];
  const beside = (column: Float64Array, round: (value: number) => number) =>
    along.map(() => round(median(column)));
  return {
    name,
    index,
    along,
    axis: others.length > 0 ? `${name} (${others.join(' and ')} at their medians)` : name,
    beside: {
      ...(offset !== undefined && { offset: beside(offset, (value) => value) }),
      ...(trials !== undefined && { trials: beside(trials, Math.round) }),
    },
    rows: along.map((value) => middles.map((middle, d) => (d === index ? value : middle))),
  };
}

function median(column: Float64Array): number {
  const ascending = column.slice().sort();
  const half = (ascending.length - 1) / 2;
  return (ascending[Math.floor(half)]! + ascending[Math.ceil(half)]!) / 2;
}
