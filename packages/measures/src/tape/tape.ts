import { type Algebra, columns, type Elementary } from '@tfjs-moe/numerics';

/** A place in the list. */
export type Node = number;

/** What stands at a place of the list, and which places it is made of. */
export type Operation =
  | { readonly op: 'input' | 'parameter'; readonly index: number }
  | { readonly op: 'constant'; readonly value: number }
  /** $\sum_k a_k b_k$. */
  | { readonly op: 'dot'; readonly left: readonly Node[]; readonly right: readonly Node[] }
  | { readonly op: 'apply'; readonly name: Elementary; readonly of: Node }
  | { readonly op: 'greater'; readonly left: Node; readonly right: Node }
  | { readonly op: 'largest'; readonly of: readonly Node[] }
  | { readonly op: 'stop'; readonly of: Node };

/**
 * Tape: a definition written down once, as a list of operations, to be run over many blocks of points.
 *
 * The same interpretation of Ops that makes jets makes a tape, because a tape is an `Algebra`: its numbers are places in
 * the list. Equal operations are written once, and what is known before any point is (constants) is folded.
 */
export interface Tape {
  readonly operations: readonly Operation[];
  readonly algebra: Algebra<Node>;
  /** The input with an index: a number per point. */
  input(index: number): Node;
  /** The parameter with an index: one number for all points. */
  parameter(index: number): Node;
}

/** A tape with nothing on it yet. */
export function newTape(): Tape {
  const operations: Operation[] = [];
  const known = new Map<string, Node>();

  function write(operation: Operation): Node {
    const key = keyOf(operation);
    const found = known.get(key);
    if (found !== undefined) return found;
    operations.push(operation);
    known.set(key, operations.length - 1);
    return operations.length - 1;
  }

  const constant = (value: number) => write({ op: 'constant', value });
  const one = constant(1);
  const minusOne = constant(-1);

  function constantOf(node: Node): number | undefined {
    const operation = operations[node]!;
    return operation.op === 'constant' ? operation.value : undefined;
  }

  function dot(a: readonly Node[], b: readonly Node[]): Node {
    const left: Node[] = [];
    const right: Node[] = [];
    let sum = 0;
    a.forEach((u, k) => {
      const v = b[k]!;
      const [p, q] = [constantOf(u), constantOf(v)];
      if (p !== undefined && q !== undefined) sum += p * q;
      else if (p !== 0 && q !== 0) {
        // The constant, if there is one, on the right.
        left.push(p === undefined ? u : v);
        right.push(p === undefined ? v : u);
      }
    });
    if (left.length === 0) return constant(sum);
    if (sum !== 0) {
      left.push(constant(sum));
      right.push(one);
    }
    return left.length === 1 && right[0] === one ? left[0]! : write({ op: 'dot', left, right });
  }

  function apply(name: Elementary, of: Node): Node {
    if (name === 'identity') return of;
    const value = constantOf(of);
    return value === undefined
      ? write({ op: 'apply', name, of })
      : constant(columns.derivatives(name, value, 0)[0] as number);
  }

  function greater(left: Node, right: Node): Node {
    const [p, q] = [constantOf(left), constantOf(right)];
    if (p === undefined || q === undefined) return write({ op: 'greater', left, right });
    return constant(p > q ? 1 : 0);
  }

  return {
    operations,
    algebra: {
      constant,
      add: (a, b) => dot([a, b], [one, one]),
      sub: (a, b) => dot([a, b], [one, minusOne]),
      dot,
      apply,
      greater,
      shift: (of) => write({ op: 'largest', of }),
      stop: (of) => (constantOf(of) === undefined ? write({ op: 'stop', of }) : of),
    },
    input: (index) => write({ op: 'input', index }),
    parameter: (index) => write({ op: 'parameter', index }),
  };
}

/** What an operation is made of. */
export function operandsOf(operation: Operation): readonly Node[] {
  switch (operation.op) {
    case 'dot':
      return [...operation.left, ...operation.right];
    case 'apply':
    case 'stop':
      return [operation.of];
    case 'greater':
      return [operation.left, operation.right];
    case 'largest':
      return operation.of;
    default:
      return [];
  }
}

/** Which nodes some others are made of, themselves included. */
export function reachable(operations: readonly Operation[], from: readonly Node[]): boolean[] {
  const used = operations.map(() => false);
  for (const node of from) used[node] = true;
  for (let node = operations.length - 1; node >= 0; node--) {
    if (used[node]) for (const operand of operandsOf(operations[node]!)) used[operand] = true;
  }
  return used;
}

/** Whether a node is made of comparisons, and so may jump. */
export function isPiecewise({ operations }: Tape, node: Node): boolean {
  const used = reachable(operations, [node]);
  return operations.some(({ op }, other) => op === 'greater' && used[other]);
}

function keyOf(operation: Operation): string {
  switch (operation.op) {
    case 'input':
    case 'parameter':
      return `${operation.op} ${operation.index}`;
    case 'constant':
      return `constant ${Object.is(operation.value, -0) ? '-0' : operation.value}`;
    case 'dot':
      return `dot ${operation.left.join()} ${operation.right.join()}`;
    case 'apply':
      return `${operation.name} ${operation.of}`;
    case 'greater':
      return `greater ${operation.left} ${operation.right}`;
    case 'largest':
      return `largest ${operation.of.join()}`;
    case 'stop':
      return `stop ${operation.of}`;
  }
}
