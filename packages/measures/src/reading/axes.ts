import { type Expression, within } from './expression.ts';

/** A feature axis of a definition: the values that lie on it, and the parameters that count it. */
export interface Axis {
  /** Expressions whose features it is. */
  readonly values: ReadonlySet<Expression>;
  /** Parameters whose last axis it is: kernels that lead to it, and vectors along it. */
  readonly incoming: readonly string[];
  /** Parameters whose first axis it is: kernels that lead on, and vectors that it is contracted with. */
  readonly outgoing: readonly string[];
  readonly isInput: boolean;
  readonly isOutput: boolean;
}

/**
 * The feature axes of an expression. Operations element by element lie on the axis of their arguments; a kernel leads from
 * one axis to another, and a contraction ends one.
 */
export function axesOf(output: Expression): Axis[] {
  const all = within(output).sort((a, b) => a.id - b.id);
  const parent = new Map<Expression, Expression>();
  const rows = new Map<Expression, Expression>();
  const root = (of: Expression): Expression => {
    const above = parent.get(of);
    return above === undefined ? of : root(above);
  };
  const join = (a: Expression, b: Expression) => {
    const [left, right] = [root(a), root(b)];
    if (left !== right) parent.set(left, right);
  };
  for (const of of all) {
    const [value, kernel] = of.inside;
    if (of.operation === 'total' || of.operation === 'take' || of.operation === 'constant') continue;
    if (of.operation === 'matmul') {
      join(of, kernel!);
      // The rows of a kernel are on the axis of what it is multiplied with.
      const known = rows.get(kernel!);
      if (known === undefined) rows.set(kernel!, value!);
      else join(known, value!);
      continue;
    }
    for (const part of of.inside) if (part.features === of.features) join(of, part);
  }
  const ended = new Set(
    all.filter(({ operation }) => operation === 'total').flatMap(({ inside }) => contracted(inside[0]!)),
  );
  const axes = new Map<
    Expression,
    Axis & { incoming: string[]; outgoing: string[]; values: Set<Expression> }
  >();
  const axisOf = (of: Expression) => {
    const at = root(of);
    const known = axes.get(at);
    if (known) return known;
    const made = {
      values: new Set<Expression>(),
      incoming: [] as string[],
      outgoing: [] as string[],
      isInput: all.some((other) => isInput(other) && root(other) === at),
      isOutput: root(output) === at && output.operation !== 'total',
    };
    axes.set(at, made);
    return made;
  };
  for (const of of all) {
    if (of.operation !== 'total' && of.operation !== 'constant') axisOf(of).values.add(of);
    if (of.operation !== 'parameter') continue;
    if (ended.has(of)) axisOf(of).outgoing.push(of.name);
    else axisOf(of).incoming.push(of.name);
    const value = rows.get(of);
    if (value !== undefined) axisOf(value).outgoing.push(of.name);
  }
  return [...axes.values()];
}

/** The input, or some of its features. */
export function isInput({ operation, inside }: Expression): boolean {
  return operation === 'input' || (operation === 'take' && isInput(inside[0]!));
}

/** The factors of a product that is summed up. */
function contracted(of: Expression): readonly Expression[] {
  return of.operation === 'product' ? of.inside : [of];
}
