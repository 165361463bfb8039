/**
 * Forwards: one step per operation, which writes a node's value to its register.
 */
import { MoeError } from '@tfjs-moe/core';
import { columns } from '@tfjs-moe/numerics';
import {
  addProduct,
  addScaled,
  setApplied,
  setGreater,
  setLarger,
  setProduct,
  setScaled,
  setScaledPair,
} from './loops.ts';
import { asColumn, type Registers } from './registers.ts';
import type { Node, Operation } from './tape.ts';

/** The step of a node that is the same at all points. */
export function scalarStep(registers: Registers, operation: Operation, node: Node): () => void {
  const { scalar, scalarSlope } = registers;
  switch (operation.op) {
    case 'parameter':
      return () => {
        scalar[node] = registers.given[operation.index]!;
      };
    case 'constant':
      return () => {
        scalar[node] = operation.value;
      };
    case 'dot':
      return () => {
        let sum = 0;
        operation.left.forEach((a, k) => {
          sum += scalar[a]! * scalar[operation.right[k]!]!;
        });
        scalar[node] = sum;
      };
    case 'apply':
      return () => {
        const [value, slope] = columns.derivatives(operation.name, scalar[operation.of]!, 1);
        scalar[node] = value as number;
        scalarSlope[node] = slope as number;
      };
    case 'greater':
      return () => {
        scalar[node] = scalar[operation.left]! > scalar[operation.right]! ? 1 : 0;
      };
    case 'largest':
      return () => {
        scalar[node] = Math.max(...operation.of.map((a) => scalar[a]!));
      };
    case 'stop':
      return () => {
        scalar[node] = scalar[operation.of]!;
      };
    case 'input':
      throw new MoeError('compile', 'an input is never the same at all points');
  }
}

/** The step of a node that differs between points, over n of them. */
export function columnStep(registers: Registers, operation: Operation, node: Node): (n: number) => void {
  const { active, column, fresh, slope: slopes } = registers;
  if (operation.op === 'stop') {
    return () => {
      column[node] = column[operation.of]!;
    };
  }
  const out = fresh();
  column[node] = out;
  switch (operation.op) {
    case 'dot':
      return dotStep(registers, operation.left, operation.right, out);
    case 'apply': {
      if (active[node]) slopes[node] = operation.name === 'exp' ? out : fresh();
      const slope = slopes[node];
      return (n) => setApplied(operation.name, out, slope, column[operation.of]!, n);
    }
    case 'greater': {
      const [left, right] = [asColumn(registers, operation.left), asColumn(registers, operation.right)];
      return (n) => setGreater(out, left(n), right(n), n);
    }
    case 'largest': {
      const all = operation.of.map((of) => asColumn(registers, of));
      return (n) => {
        out.set(all[0]!(n).subarray(0, n));
        for (let k = 1; k < all.length; k++) {
          setLarger(out, out, all[k]!(n), n);
        }
      };
    }
    default:
      throw new MoeError('compile', 'this operation has no column', operation.op);
  }
}

function dotStep(
  registers: Registers,
  left: readonly Node[],
  right: readonly Node[],
  out: Float64Array,
): (n: number) => void {
  const { isColumn, scalar, column } = registers;
  const fixed: (readonly [Node, Node])[] = [];
  const scaled: (readonly [Node, Node])[] = [];
  const products: (readonly [Node, Node])[] = [];
  left.forEach((a, k) => {
    const b = right[k]!;
    if (isColumn[a] && isColumn[b]) products.push([a, b]);
    else if (isColumn[a]) scaled.push([a, b]);
    else if (isColumn[b]) scaled.push([b, a]);
    else fixed.push([a, b]);
  });
  return (n) => {
    let constant = 0;
    for (const [a, b] of fixed) constant += scalar[a]! * scalar[b]!;
    let from = 0;
    if (scaled.length >= 2) {
      const [[a, s], [b, t]] = scaled as [readonly [Node, Node], readonly [Node, Node]];
      setScaledPair(out, column[a]!, scalar[s]!, column[b]!, scalar[t]!, constant, n);
      from = 2;
    } else if (scaled.length === 1) {
      const [a, s] = scaled[0]!;
      setScaled(out, column[a]!, scalar[s]!, constant, n);
      from = 1;
    } else {
      const [a, b] = products[0]!;
      setProduct(out, column[a]!, column[b]!, constant, n);
    }
    for (let k = from; k < scaled.length; k++) {
      const [a, s] = scaled[k]!;
      addScaled(out, column[a]!, scalar[s]!, n);
    }
    for (let k = from === 0 ? 1 : 0; k < products.length; k++) {
      const [a, b] = products[k]!;
      addProduct(out, column[a]!, column[b]!, n);
    }
  };
}
