/**
 * What of a tape is needed for which purpose.
 */
import { type Node, type Operation, operandsOf } from './tape.ts';

/** Nodes that differ between points. */
export function columnNodes(operations: readonly Operation[]): boolean[] {
  const isColumn: boolean[] = [];
  for (const operation of operations) {
    isColumn.push(operation.op === 'input' || operandsOf(operation).some((operand) => isColumn[operand]));
  }
  return isColumn;
}

/** Nodes on a way from a wanted parameter to the differentiated node. */
export function activeNodes(
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
    const operation = operations[node]!;
    if (!active[node] || (operation.op !== 'dot' && operation.op !== 'apply')) continue;
    for (const operand of operandsOf(operation)) if (varies[operand]) active[operand] = true;
  }
  return active;
}
