import type { GateParamSpec } from '@tfjs-moe/core';
import { isInput } from './axes.ts';
import { type Expression, factorsOf, termsOf, within } from './expression.ts';

/** An affine map of the input, $W^\top x + b$, or without its bias. */
export interface InputLayer {
  readonly kernel: string;
  readonly bias?: string;
  /** Indices of the inputs that its rows are multiplied with, where it reads some of them. */
  readonly features?: readonly number[];
}

type Specs = Readonly<Record<string, Pick<GateParamSpec, 'trainable' | 'constraint'>>>;

/**
 * The affine maps that the input goes into; nothing where it goes elsewhere too, or into a map that cannot take up other
 * units: a scale of the input is the kernels' to take up, a shift that of the biases, and both must be free to do so.
 */
export function inputLayersOf(expression: Expression, specs: Specs): InputLayer[] | undefined {
  const all = within(expression);
  const usersOf = (of: Expression) => all.filter(({ inside }) => inside.includes(of));
  const isFree = (name: string) => specs[name]!.trainable !== false && specs[name]!.constraint === undefined;
  const input = all.find(({ operation }) => operation === 'input');
  if (input === undefined) return [];
  const layers: InputLayer[] = [];
  // Some of the features are an input of their own.
  const uses = usersOf(input).flatMap((use) => (use.operation === 'take' ? usersOf(use) : [use]));
  for (const use of uses) {
    const map = mapOf(use, usersOf);
    if (map === undefined || !isFree(map.kernel.name) || usersOf(map.kernel).length > 1) return undefined;
    const bias = biasOf(map.value, usersOf);
    const { name: kernel } = map.kernel;
    layers.push({
      kernel,
      ...(bias !== undefined && isFree(bias) && { bias }),
      ...(map.input.operation === 'take' && { features: map.input.numbers }),
    });
  }
  const place = ({ kernel }: InputLayer) => Object.keys(specs).indexOf(kernel);
  return layers.sort((a, b) => place(a) - place(b));
}

type UsersOf = (of: Expression) => readonly Expression[];

/** $x W$, or $x^\top v$, where a use of the input is one. */
function mapOf(
  use: Expression,
  usersOf: UsersOf,
): { readonly value: Expression; readonly kernel: Expression; readonly input: Expression } | undefined {
  if (use.operation === 'matmul') {
    const [value, kernel] = use.inside;
    return isInput(value!) && kernel!.operation === 'parameter'
      ? { value: use, kernel: kernel!, input: value! }
      : undefined;
  }
  const [total, ...others] = usersOf(use);
  const factors = factorsOf(use);
  const kernel = factors.find(({ factor }) => factor.operation === 'parameter');
  const input = factors.find(({ factor }) => isInput(factor));
  const isProduct = factors.length === 2 && factors.every(({ exponent }) => exponent === 1);
  if (total?.operation !== 'total' || others.length > 0 || !isProduct || !kernel || !input) return undefined;
  return { value: total, kernel: kernel.factor, input: input.factor };
}

/** The bias that is added wherever a map is used, and nowhere else. */
function biasOf(value: Expression, usersOf: UsersOf): string | undefined {
  const sums = usersOf(value);
  const [first] = sums;
  if (first === undefined || sums.some(({ operation }) => operation !== 'sum')) return undefined;
  const coefficientIn = (of: Expression, term: Expression) =>
    termsOf(of).find((each) => each.term === term)?.coefficient;
  return termsOf(first).find(({ term }) => {
    if (term.operation !== 'parameter' || term.rows > 1 || term.features !== value.features) return false;
    const users = usersOf(term);
    return (
      users.length === sums.length &&
      users.every((user) => sums.includes(user) && coefficientIn(user, term) === coefficientIn(user, value))
    );
  })?.term.name;
}

/** The parameter that is added to an output, and has no other part in it. */
export function offsetOf(expression: Expression): string | undefined {
  const all = within(expression);
  return termsOf(expression).find(
    ({ term, coefficient }) =>
      term.operation === 'parameter' &&
      coefficient === 1 &&
      term.features === expression.features &&
      all.filter(({ inside }) => inside.includes(term)).length === (term === expression ? 0 : 1),
  )?.term.name;
}
