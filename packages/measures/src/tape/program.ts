import { MoeError } from '@tfjs-moe/core';
import { activeNodes, columnNodes } from './analysis.ts';
import { planBackwards } from './backward.ts';
import { columnStep, scalarStep } from './forward.ts';
import { asColumn, newRegisters } from './registers.ts';
import { type Node, reachable, type Tape } from './tape.ts';

/**
 * Program: a tape made ready to run, forwards for values and backwards for the derivatives of one of them.
 *
 * Reverse mode, one block of points at a time: the adjoint of a parameter, left unsummed, is the column of its partial
 * derivatives at every point of the block, so that one backward pass gives all columns of a Jacobian, whatever the number
 * of parameters. Everything that a run needs is allocated once; a block is short enough to stay in the cache.
 */
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

/** What of a tape is wanted, and by which parameters it is differentiated. */
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
 * Makes a tape ready to run: allocates a column for every place that the outputs need, and plans the way back.
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
  const registers = newRegisters(isColumn, active, block);
  const { column } = registers;
  const scalarSteps: (() => void)[] = [];
  const forwardSteps: ((n: number) => void)[] = [];
  const inputNodes: { readonly node: Node; readonly index: number }[] = [];
  operations.forEach((operation, node) => {
    if (!used[node]) return;
    if (!isColumn[node]) scalarSteps.push(scalarStep(registers, operation, node));
    else if (operation.op === 'input') inputNodes.push({ node, index: operation.index });
    else forwardSteps.push(columnStep(registers, operation, node));
  });
  const backwards =
    differentiate !== undefined && active[differentiate]
      ? planBackwards(operations, differentiate, registers)
      : { steps: [], adjoint: [] };

  const nodeOfParameter = new Map<number, Node>();
  operations.forEach((operation, node) => {
    if (operation.op === 'parameter' && active[node]) nodeOfParameter.set(operation.index, node);
  });
  const outputColumns = outputs.map((node) => asColumn(registers, node));
  let last = 0;

  return {
    block,
    setParameters(numbers) {
      registers.given = numbers;
      for (const step of scalarSteps) step();
    },
    run(inputs, from, rows, isBackwards = true) {
      if (rows > block) throw new MoeError('program', `a block has at most ${block} points`, rows);
      last = rows;
      for (const { node, index } of inputNodes) {
        column[node] = inputs[index]!.subarray(from, from + rows);
      }
      for (const step of forwardSteps) step(rows);
      if (isBackwards) for (const step of backwards.steps) step(rows);
    },
    value: (output) => outputColumns[output]!(last),
    derivative(parameter) {
      const node = nodeOfParameter.get(parameter);
      if (node === undefined) return undefined;
      return node === differentiate ? new Float64Array(last).fill(1) : backwards.adjoint[node];
    },
  };
}
