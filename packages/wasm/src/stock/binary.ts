import {
  broadcast_util,
  Equal,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Maximum,
  Minimum,
  NotEqual,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { addressOf, newTensor } from '../backend-memory.ts';
import { FLOATS } from '../operands.ts';
import { defineStockKernel, type StockKernel } from './stock-kernel.ts';

// In the order of their numbers in assembly/binary.ts.
const names = [Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, Maximum, Minimum];

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/**
 * Comparisons, `Maximum` and `Minimum`, which spend half a microsecond on every number of a broadcast operand in tfjs.
 * Operands that are broadcast in more than two runs of axes are left to the stock kernels.
 */
export const binaryKernels: readonly StockKernel[] = names.map((name, operation) =>
  defineStockKernel<Inputs, unknown>(
    name,
    { a: FLOATS, b: FLOATS },
    ({ inputs: { a, b }, backend, attachment }) => {
      const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const table = tableOf(shape, a.shape, b.shape);
      if (table === undefined) return undefined;
      const { outer, inner } = table;
      const out = newTensor(backend, shape, name === Maximum || name === Minimum ? 'float32' : 'bool');
      if (util.sizeFromShape(shape) === 0) return out;
      attachment.kernels.binary(
        operation,
        addressOf(backend, a),
        ...table.a,
        addressOf(backend, b),
        ...table.b,
        addressOf(backend, out),
        outer,
        inner,
      );
      return out;
    },
  ),
);

type Steps = readonly [outer: number, inner: number];

/** A run of axes along which both operands advance in the same way. */
interface AxisRun {
  size: number;
  readonly moves: readonly [boolean, boolean];
}

/** The shape as rows and columns, with the steps of both operands. */
function tableOf(
  shape: readonly number[],
  ...operands: readonly [readonly number[], readonly number[]]
): { outer: number; inner: number; a: Steps; b: Steps } | undefined {
  const runs: AxisRun[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const [a, b] = operands.map((own) => (own[axis - shape.length + own.length] ?? 1) !== 1) as [
      boolean,
      boolean,
    ];
    const last = runs.at(-1);
    if (last && last.moves[0] === a && last.moves[1] === b) last.size *= size;
    else runs.push({ size, moves: [a, b] });
  });
  if (runs.length > 2) return undefined;
  const still: AxisRun = { size: 1, moves: [false, false] };
  const inner = runs.at(-1) ?? still;
  const outer = runs.length === 2 ? runs[0]! : still;
  const steps = (which: 0 | 1): Steps => {
    const innerStep = inner.moves[which] ? 1 : 0;
    return [outer.moves[which] ? (innerStep ? inner.size : 1) : 0, innerStep];
  };
  return { outer: outer.size, inner: inner.size, a: steps(0), b: steps(1) };
}
