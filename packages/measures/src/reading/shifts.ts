import type { CommonShift, ParamSpec } from '@tfjs-moe/core';
import { evaluateAt } from './evaluate.ts';
import { dependsOnInput, type Expression, factorsOf, parametersIn, termsOf } from './expression.ts';
import type { Recorded } from './record.ts';

/**
 * The parameters whose copies may all move together: the score is a sum of a part that is linear in the parameter, with a
 * slope that all experts share, and of one that does not depend on the input.
 */
export function shiftsOf({ expression, specs }: Recorded): CommonShift[] {
  return Object.keys(specs).flatMap((name) => {
    if (specs[name]!.shared) return [];
    const own = termsOf(expression).filter(({ term }) => parametersIn(term).includes(name));
    const offset = own.filter(({ term }) => !hasSharedSlope(term, name, specs));
    const isOffset = offset.every(({ term }) => isOfAlone(term, name));
    if (own.length === 0 || !isOffset) return [];
    // What all experts share has no say, and what is an offset alone is a bias.
    if (offset.length === 0) return [{ parameter: name }];
    if (offset.length === own.length) return [];
    return [{ parameter: name, offset: offsetOf(offset, name, specs[name]!) }];
  });
}

function isOfAlone(term: Expression, name: string): boolean {
  return !dependsOnInput(term) && parametersIn(term).every((other) => other === name);
}

/** Linear in the parameter, times something that depends on the input and on shared parameters alone. */
function hasSharedSlope(term: Expression, name: string, specs: Recorded['specs']): boolean {
  const isParameter = (of: Expression) => of.operation === 'parameter' && of.name === name;
  const isShared = (of: Expression) => parametersIn(of).every((other) => specs[other]!.shared === true);
  const isLinear = (of: Expression): boolean => {
    const [value, kernel] = of.inside;
    switch (of.operation) {
      case 'matmul':
        return isParameter(kernel!) && isShared(value!);
      case 'total':
        return hasSharedSlope(value!, name, specs);
      case 'sum':
        return of.inside.every(
          (part) => !parametersIn(part).includes(name) || hasSharedSlope(part, name, specs),
        );
      default:
        return isParameter(of);
    }
  };
  const own = factorsOf(term).filter(({ factor }) => !isShared(factor));
  return own.length === 1 && own[0]!.exponent === 1 && isLinear(own[0]!.factor);
}

function offsetOf(
  terms: readonly { readonly term: Expression; readonly coefficient: number }[],
  name: string,
  spec: ParamSpec,
): NonNullable<CommonShift['offset']> {
  const at = (numbers: readonly number[]) =>
    terms.reduce(
      (total, { term, coefficient }) =>
        total + coefficient * evaluateAt(term, { [name]: sized(spec, numbers.length) }, { [name]: numbers }),
      0,
    );
  return (own, t) => at(own.map((value, i) => value + t[i]!)) - at(own);
}

/** A parameter that was read for some number of inputs, for the number that it has. */
function sized({ shape, ...spec }: ParamSpec, length: number): ParamSpec {
  const [, columns] = shape;
  return { ...spec, shape: columns === undefined ? [length] : [length / columns, columns] };
}
