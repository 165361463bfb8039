import { addProduct, addScaled, setProduct, setScaled } from './loops.ts';
import type { Registers } from './registers.ts';
import type { Node, Operation } from './tape.ts';

/** What an adjoint is multiplied by. */
type Factor = { column(): Float64Array } | { readonly isOne: boolean; scalar(): number };

export interface BackwardPlan {
  readonly steps: readonly ((n: number) => void)[];
  /** Columns of the nodes that have been reached, after the steps. */
  readonly adjoint: readonly (Float64Array | undefined)[];
}

/**
 * Backwards: the adjoint of the differentiated node is 1, and that of every other node the sum of what its uses
 * contribute: the adjoint of the use times another value or a slope. Adjoints are columns and stay unsummed.
 */
export function planBackwards(
  operations: readonly Operation[],
  output: Node,
  registers: Registers,
): BackwardPlan {
  const { active, isColumn, scalar, scalarSlope, column, slope, fresh } = registers;
  const adjoint: (Float64Array | undefined)[] = [];
  const steps: ((n: number) => void)[] = [];
  const uses = new Uint32Array(operations.length);
  operations.forEach((operation, node) => {
    if (active[node]) for (const [to] of contributions(operation, node)) uses[to] = uses[to]! + 1;
  });
  const started = new Uint8Array(operations.length);
  for (let node = output; node >= 0; node--) {
    if (!active[node]) continue;
    for (const [to, factor] of contributions(operations[node]!, node)) {
      steps.push(contribute(node, to, factor, uses[to]! === 1, !started[to], node === output));
      started[to] = 1;
    }
  }
  return { steps, adjoint };

  /** Where the adjoint of a node goes, and times what: another node's value, or the slope of the node itself. */
  function contributions(operation: Operation, node: Node): [to: Node, factor: Factor][] {
    if (operation.op === 'apply') {
      return active[operation.of] ? [[operation.of, slopeFactor(node)]] : [];
    }
    if (operation.op !== 'dot') return [];
    return operation.left.flatMap((a, k) => {
      const b = operation.right[k]!;
      const to: [Node, Factor][] = [];
      if (active[a]) to.push([a, valueFactor(b)]);
      if (active[b]) to.push([b, valueFactor(a)]);
      return to;
    });
  }

  function valueFactor(node: Node): Factor {
    const operation = operations[node]!;
    if (isColumn[node]) return { column: () => column[node]! };
    return {
      isOne: operation.op === 'constant' && operation.value === 1,
      scalar: () => scalar[node]!,
    };
  }

  function slopeFactor(node: Node): Factor {
    if (isColumn[node]) return { column: () => slope[node]! };
    return { isOne: false, scalar: () => scalarSlope[node]! };
  }

  function contribute(
    node: Node,
    to: Node,
    factor: Factor,
    alone: boolean,
    first: boolean,
    fromOutput: boolean,
  ): (n: number) => void {
    // A single contribution that is a column already need not be copied.
    if (alone && fromOutput && 'column' in factor) {
      return () => {
        adjoint[to] = factor.column();
      };
    }
    if (alone && !fromOutput && 'scalar' in factor && factor.isOne) {
      return () => {
        adjoint[to] = adjoint[node];
      };
    }
    if (first) adjoint[to] = fresh();
    const out = adjoint[to]!;
    if (fromOutput) {
      if ('column' in factor) {
        return first
          ? (n) => setScaled(out, factor.column(), 1, 0, n)
          : (n) => addScaled(out, factor.column(), 1, n);
      }
      return (n) => {
        const value = factor.scalar();
        if (first) out.fill(value, 0, n);
        else for (let i = 0; i < n; i++) out[i] = out[i]! + value;
      };
    }
    const own = () => adjoint[node]!;
    if ('column' in factor) {
      return first
        ? (n) => setProduct(out, own(), factor.column(), 0, n)
        : (n) => addProduct(out, own(), factor.column(), n);
    }
    return first
      ? (n) => setScaled(out, own(), factor.scalar(), 0, n)
      : (n) => addScaled(out, own(), factor.scalar(), n);
  }
}
