import type { Axis } from './axes.ts';
import { type Expression, factorsOf, parametersIn, termsOf, within } from './expression.ts';

/**
 * What a change of a unit's incoming numbers does to a value on its axis: the exponent of the factor that it is multiplied
 * with, modulo 2 for a change of sign; or that it becomes 1 minus itself; nothing where neither is known.
 */
export type Response = number | 'complement' | undefined;

/** How a change goes through operations element by element. */
export interface Effect {
  /** Of a parameter on the axis. */
  parameter(name: string): Response;
  activation(name: string, of: Response): Response;
  sum(terms: readonly Response[]): Response;
  product(factors: readonly { readonly of: Response; readonly exponent: number }[]): Response;
}

/** A change that leaves the function as it is. */
export interface Change {
  /** Incoming parameters that are negated, or multiplied. */
  readonly moved: readonly string[];
  /** Outgoing ones that are negated, or divided. */
  readonly answered: readonly string[];
  /** The next bias, which takes up the constant of a complement. */
  readonly constant?: string;
}

const alike = (terms: readonly Response[]): Response =>
  terms.every((term) => term === terms[0] && term !== 'complement') ? terms[0] : undefined;

/** Negating some parameters. */
export const signEffects = (moved: ReadonlySet<string>): Effect => ({
  parameter: (name) => (moved.has(name) ? 1 : 0),
  activation(name, of) {
    if (of === 0 || (of === 1 && name === 'tanh')) return of;
    return of === 1 && name === 'sigmoid' ? 'complement' : undefined;
  },
  sum: alike,
  product: (factors) => multiplied(factors, (exponent) => Math.abs(exponent) % 2),
});

/** Multiplying some parameters with a number above 0. */
export const scaleEffects = (moved: ReadonlySet<string>): Effect => ({
  parameter: (name) => (moved.has(name) ? 1 : 0),
  activation: (name, of) => (of === 0 || name === 'relu' ? of : undefined),
  sum: alike,
  product: (factors) => multiplied(factors, (exponent) => exponent),
});

function multiplied(
  factors: readonly { readonly of: Response; readonly exponent: number }[],
  reduced: (exponent: number) => number,
): Response {
  let total = 0;
  for (const { of, exponent } of factors) {
    if (typeof of === 'number') total += of * exponent;
    // A complement stays one where nothing else is beside it.
    else if (of === undefined || factors.length > 1 || exponent !== 1) return undefined;
    else return of;
  }
  return reduced(total);
}

/** Whether a change of some parameters of an axis can be answered by the parameters that lead on from it, and by which. */
export function changed(
  output: Expression,
  axis: Axis,
  moved: readonly string[],
  effect: Effect,
): Change | undefined {
  const all = within(output);
  const responses = responsesOn(axis, moved, effect);
  if (axis.isOutput && responses(output) !== 0) return undefined;
  const answers = new Map<string, Response>();
  let constant: string | undefined;
  for (const use of all) {
    const [value, kernel] = use.inside;
    const answer = (name: string, response: Response): boolean => {
      const known = answers.get(name) ?? response;
      answers.set(name, response);
      return known === response;
    };
    if (use.operation === 'matmul' && axis.values.has(value!)) {
      const response = responses(value!);
      if (!isAnswerable(response) || !answer(kernel!.name, response)) return undefined;
      if (response !== 'complement') continue;
      constant = biasBeside(use, all);
      if (constant === undefined) return undefined;
    }
    if (use.operation === 'total' && axis.values.has(value!)) {
      const vectors = factorsOf(value!).filter(({ factor }) => axis.outgoing.includes(factor.name));
      const response = responses(value!);
      if (response === 0) continue;
      const [vector] = vectors;
      const isSingle = vectors.length === 1 && vector!.exponent === 1 && response === 1;
      if (!isSingle || !answer(vector!.factor.name, response)) return undefined;
    }
  }
  const answered = axis.outgoing.filter(
    (name) => answers.get(name) === 1 || answers.get(name) === 'complement',
  );
  return { moved, answered, ...(constant !== undefined && { constant }) };
}

const isAnswerable = (response: Response) => response === 0 || response === 1 || response === 'complement';

function responsesOn(axis: Axis, moved: readonly string[], effect: Effect): (of: Expression) => Response {
  const known = new Map<Expression, Response>();
  const depends = (of: Expression) => parametersIn(of).some((name) => moved.includes(name));
  function response(of: Expression): Response {
    if (!known.has(of)) known.set(of, computed(of));
    return known.get(of);
  }
  function computed(of: Expression): Response {
    if (!axis.values.has(of)) return depends(of) ? undefined : 0;
    const { operation, inside, name } = of;
    switch (operation) {
      case 'parameter':
        return effect.parameter(name);
      case 'matmul':
        return depends(inside[0]!) ? undefined : effect.parameter(inside[1]!.name);
      case 'sum':
        return effect.sum(termsOf(of).map(({ term }) => response(term)));
      case 'product':
        return effect.product(
          factorsOf(of).map(({ factor, exponent }) => ({ of: response(factor), exponent })),
        );
      case 'activation':
        return effect.activation(name, response(inside[0]!));
      default:
        return depends(of) ? undefined : 0;
    }
  }
  return response;
}

/** The bias that is added to a value times a kernel, used nowhere else, as little as the product. */
function biasBeside(product: Expression, all: readonly Expression[]): string | undefined {
  const uses = (of: Expression) => all.filter(({ inside }) => inside.includes(of));
  const [sum, ...others] = uses(product);
  if (sum?.operation !== 'sum' || others.length > 0) return undefined;
  const terms = termsOf(sum);
  const { coefficient } = terms.find(({ term }) => term === product)!;
  const bias = terms.find(
    ({ term, coefficient: own }) =>
      term.operation === 'parameter' && own === coefficient && uses(term).length === 1,
  );
  return bias?.term.name;
}
