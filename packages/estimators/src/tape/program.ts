/**
 * Program: a tape made ready to run, forwards for values and backwards for the derivatives of one of them.
 *
 * Reverse mode, one block of points at a time: the adjoint of a parameter, left unsummed, is the column of its partial
 * derivatives at every point of the block, so that one backward pass gives all columns of a Jacobian, whatever the number
 * of parameters. Everything that a run needs is allocated once; a block is short enough to stay in the cache.
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
import { type Node, type Operation, operandsOf, reachable, type Tape } from './tape.ts';

export interface Program {
  /** Points of a block, at most. */
  readonly block: number;
  /** Sets the parameters, by the index that the tape knows them by. */
  setParameters(numbers: ArrayLike<number>): void;
  /**
   * Runs over `rows` points from a place in the columns of the inputs, which are in the order of their indices.
   * @param backwards whether derivatives are wanted. Default true
   */
  run(inputs: readonly Float64Array[], from: number, rows: number, backwards?: boolean): void;
  /** An output at the points of the last run; of a longer array, the first `rows` numbers. Valid until the next run. */
  value(output: number): Float64Array;
  /** The derivatives by a parameter at the points of the last run, likewise; nothing where they are all zero. */
  derivative(parameter: number): Float64Array | undefined;
}

export interface ProgramOptions {
  /** The node to be differentiated. Default none. */
  readonly differentiate?: Node;
  /** Indices of the parameters to differentiate by. Default none. */
  readonly parameters?: readonly number[];
  /** Points of a block. Default: as many as keep all columns within half a mebibyte, from 64 to 2048. */
  readonly block?: number;
}

const CACHE_BYTES = 2 ** 19;

/**
 * @param outputs the nodes whose values are wanted
 */
export function compile(tape: Tape, outputs: readonly Node[], options: ProgramOptions = {}): Program {
  const { operations } = tape;
  const { differentiate, parameters = [] } = options;
  const wanted = differentiate === undefined ? [...outputs] : [...outputs, differentiate];
  const used = reachable(operations, wanted);
  const isColumn = columnNodes(operations);
  const active = activeNodes(operations, differentiate, new Set(parameters));
  const slots = operations.reduce(
    (sum, operation, node) =>
      sum +
      (used[node] && isColumn[node] && operation.op !== 'input' ? 1 : 0) +
      (active[node] ? (operation.op === 'apply' ? 2 : 1) : 0),
    0,
  );
  const block =
    options.block ?? Math.max(64, Math.min(2048, 2 ** Math.floor(Math.log2(CACHE_BYTES / 8 / (slots + 1)))));
  const fresh = () => new Float64Array(block);

  // Values: a number for nodes that are the same at all points, a column for the others.
  const scalar = new Float64Array(operations.length);
  const column: Float64Array[] = [];
  // The derivative of an applied function at its argument.
  const slopeOf: Float64Array[] = [];
  const scalarSlope = new Float64Array(operations.length);
  const scalarSteps: (() => void)[] = [];
  const forwardSteps: ((n: number) => void)[] = [];
  let given: ArrayLike<number> = [];
  const inputs: { readonly node: Node; readonly index: number }[] = [];

  operations.forEach((operation, node) => {
    if (!used[node]) return;
    if (!isColumn[node]) {
      scalarSteps.push(scalarStep(operation, node));
      return;
    }
    if (operation.op === 'input') {
      inputs.push({ node, index: operation.index });
      return;
    }
    if (operation.op === 'stop') {
      forwardSteps.push(() => {
        column[node] = column[operation.of] as Float64Array;
      });
      return;
    }
    column[node] = fresh();
    forwardSteps.push(columnStep(operation, node));
  });

  function scalarStep(operation: Operation, node: Node): () => void {
    switch (operation.op) {
      case 'parameter':
        return () => {
          scalar[node] = given[operation.index] as number;
        };
      case 'constant':
        return () => {
          scalar[node] = operation.value;
        };
      case 'dot':
        return () => {
          let sum = 0;
          operation.left.forEach((a, k) => {
            sum += (scalar[a] as number) * (scalar[operation.right[k] as Node] as number);
          });
          scalar[node] = sum;
        };
      case 'apply':
        return () => {
          const [value, slope] = columns.derivatives(operation.name, scalar[operation.of] as number, 1);
          scalar[node] = value as number;
          scalarSlope[node] = slope as number;
        };
      case 'greater':
        return () => {
          scalar[node] = (scalar[operation.left] as number) > (scalar[operation.right] as number) ? 1 : 0;
        };
      case 'largest':
        return () => {
          scalar[node] = Math.max(...operation.of.map((a) => scalar[a] as number));
        };
      case 'stop':
        return () => {
          scalar[node] = scalar[operation.of] as number;
        };
      case 'input':
        throw new MoeError('compile', 'an input is never the same at all points');
    }
  }

  /** A scalar as a column, for the operations that are too rare for a loop of their own. */
  function asColumn(node: Node): (n: number) => Float64Array {
    if (isColumn[node]) return () => column[node] as Float64Array;
    const filled = fresh();
    return (n) => filled.fill(scalar[node] as number, 0, n);
  }

  function columnStep(operation: Operation, node: Node): (n: number) => void {
    const out = column[node] as Float64Array;
    switch (operation.op) {
      case 'dot':
        return dotStep(operation.left, operation.right, out);
      case 'apply': {
        if (active[node]) slopeOf[node] = operation.name === 'exp' ? out : fresh();
        const slope = slopeOf[node];
        return (n) => setApplied(operation.name, out, slope, column[operation.of] as Float64Array, n);
      }
      case 'greater': {
        const [left, right] = [asColumn(operation.left), asColumn(operation.right)];
        return (n) => setGreater(out, left(n), right(n), n);
      }
      case 'largest': {
        const all = operation.of.map(asColumn);
        return (n) => {
          out.set((all[0] as (n: number) => Float64Array)(n).subarray(0, n));
          for (let k = 1; k < all.length; k++) {
            setLarger(out, out, (all[k] as (n: number) => Float64Array)(n), n);
          }
        };
      }
      default:
        throw new MoeError('compile', 'this operation has no column', operation.op);
    }
  }

  function dotStep(left: readonly Node[], right: readonly Node[], out: Float64Array): (n: number) => void {
    const fixed: (readonly [Node, Node])[] = [];
    const scaled: (readonly [Node, Node])[] = [];
    const products: (readonly [Node, Node])[] = [];
    left.forEach((a, k) => {
      const b = right[k] as Node;
      if (isColumn[a] && isColumn[b]) products.push([a, b]);
      else if (isColumn[a]) scaled.push([a, b]);
      else if (isColumn[b]) scaled.push([b, a]);
      else fixed.push([a, b]);
    });
    return (n) => {
      let constant = 0;
      for (const [a, b] of fixed) constant += (scalar[a] as number) * (scalar[b] as number);
      let from = 0;
      if (scaled.length >= 2) {
        const [[a, s], [b, t]] = scaled as [readonly [Node, Node], readonly [Node, Node]];
        setScaledPair(out, column[a]!, scalar[s]!, column[b]!, scalar[t]!, constant, n);
        from = 2;
      } else if (scaled.length === 1) {
        const [a, s] = scaled[0] as readonly [Node, Node];
        setScaled(out, column[a]!, scalar[s]!, constant, n);
        from = 1;
      } else {
        const [a, b] = products[0] as readonly [Node, Node];
        setProduct(out, column[a]!, column[b]!, constant, n);
      }
      for (let k = from; k < scaled.length; k++) {
        const [a, s] = scaled[k] as readonly [Node, Node];
        addScaled(out, column[a]!, scalar[s]!, n);
      }
      for (let k = from === 0 ? 1 : 0; k < products.length; k++) {
        const [a, b] = products[k] as readonly [Node, Node];
        addProduct(out, column[a]!, column[b]!, n);
      }
    };
  }

  // Backwards. The adjoint of the differentiated node is 1; of every other, the sum of what its uses contribute.
  const adjoint: (Float64Array | undefined)[] = [];
  const backwardSteps: ((n: number) => void)[] = [];
  if (differentiate !== undefined && active[differentiate]) planBackwards(differentiate);

  function planBackwards(output: Node): void {
    const uses = new Uint32Array(operations.length);
    operations.forEach((operation, node) => {
      if (active[node])
        for (const [to] of contributions(operation, node)) uses[to] = (uses[to] as number) + 1;
    });
    const started = new Uint8Array(operations.length);
    for (let node = output; node >= 0; node--) {
      if (!active[node]) continue;
      for (const [to, factor] of contributions(operations[node] as Operation, node)) {
        backwardSteps.push(
          contribute(node, to, factor, (uses[to] as number) === 1, !started[to], node === output),
        );
        started[to] = 1;
      }
    }
  }

  /** Where the adjoint of a node goes, and times what: another node's value, or the slope of the node itself. */
  function contributions(operation: Operation, node: Node): [to: Node, factor: Factor][] {
    if (operation.op === 'apply') {
      return active[operation.of] ? [[operation.of, slopeFactor(node)]] : [];
    }
    if (operation.op !== 'dot') return [];
    return operation.left.flatMap((a, k) => {
      const b = operation.right[k] as Node;
      const to: [Node, Factor][] = [];
      if (active[a]) to.push([a, valueFactor(b)]);
      if (active[b]) to.push([b, valueFactor(a)]);
      return to;
    });
  }

  function valueFactor(node: Node): Factor {
    const operation = operations[node] as Operation;
    if (isColumn[node]) return { column: () => column[node] as Float64Array };
    return {
      isOne: operation.op === 'constant' && operation.value === 1,
      scalar: () => scalar[node] as number,
    };
  }

  function slopeFactor(node: Node): Factor {
    if (isColumn[node]) return { column: () => slopeOf[node] as Float64Array };
    return { isOne: false, scalar: () => scalarSlope[node] as number };
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
    const out = adjoint[to] as Float64Array;
    if (fromOutput) {
      if ('column' in factor) {
        return first
          ? (n) => setScaled(out, factor.column(), 1, 0, n)
          : (n) => addScaled(out, factor.column(), 1, n);
      }
      return (n) => {
        const value = factor.scalar();
        if (first) out.fill(value, 0, n);
        else for (let i = 0; i < n; i++) out[i] = (out[i] as number) + value;
      };
    }
    const own = () => adjoint[node] as Float64Array;
    if ('column' in factor) {
      return first
        ? (n) => setProduct(out, own(), factor.column(), 0, n)
        : (n) => addProduct(out, own(), factor.column(), n);
    }
    return first
      ? (n) => setScaled(out, own(), factor.scalar(), 0, n)
      : (n) => addScaled(out, own(), factor.scalar(), n);
  }

  const nodeOfParameter = new Map<number, Node>();
  operations.forEach((operation, node) => {
    if (operation.op === 'parameter' && active[node]) nodeOfParameter.set(operation.index, node);
  });
  const outputColumns = outputs.map(asColumn);
  let last = 0;
  const isOutputParameter = (node: Node) => node === differentiate;

  return {
    block,
    setParameters(numbers) {
      given = numbers;
      for (const step of scalarSteps) step();
    },
    run(from_, from, rows, backwards = true) {
      if (rows > block) throw new MoeError('program', `a block has at most ${block} points`, rows);
      last = rows;
      for (const { node, index } of inputs) {
        column[node] = (from_[index] as Float64Array).subarray(from, from + rows);
      }
      for (const step of forwardSteps) step(rows);
      if (backwards) for (const step of backwardSteps) step(rows);
    },
    value: (output) => (outputColumns[output] as (n: number) => Float64Array)(last),
    derivative(parameter) {
      const node = nodeOfParameter.get(parameter);
      if (node === undefined) return undefined;
      return isOutputParameter(node) ? new Float64Array(last).fill(1) : adjoint[node];
    },
  };
}

type Factor = { column(): Float64Array } | { readonly isOne: boolean; scalar(): number };

function columnNodes(operations: readonly Operation[]): boolean[] {
  const isColumn: boolean[] = [];
  for (const operation of operations) {
    isColumn.push(operation.op === 'input' || operandsOf(operation).some((operand) => isColumn[operand]));
  }
  return isColumn;
}

/** Nodes on a way from a wanted parameter to the differentiated node. */
function activeNodes(
  operations: readonly Operation[],
  output: Node | undefined,
  parameters: ReadonlySet<number>,
): boolean[] {
  const varies: boolean[] = [];
  for (const operation of operations) {
    varies.push(
      operation.op === 'parameter'
        ? parameters.has(operation.index)
        : (operation.op === 'dot' || operation.op === 'apply') &&
            operandsOf(operation).some((operand) => varies[operand]),
    );
  }
  const active = operations.map((_, node) => node === output && Boolean(varies[node]));
  for (let node = operations.length - 1; node >= 0; node--) {
    const operation = operations[node] as Operation;
    if (!active[node] || (operation.op !== 'dot' && operation.op !== 'apply')) continue;
    for (const operand of operandsOf(operation)) if (varies[operand]) active[operand] = true;
  }
  return active;
}
