import {
  arrayInput,
  arrayOps,
  arrayParam,
  type Coordinates,
  mapNames,
  type Numbers,
  type ParamSpec,
  paramSize,
  replicate,
  stream,
  tableOf,
} from '@tfjs-moe/core';
import { matrixOf, singularValues } from '@tfjs-moe/numerics';
import { evaluate, isOverOps } from './evaluate.ts';
import { dependsOnInput, type Expression, factorsOf, parametersIn, termsOf } from './expression.ts';
import { ownOf } from './own-numbers.ts';
import type { Recorded } from './record.ts';

/** A coordinate, or a vector of them, and the feature that it is multiplied with, by the expressions that it is made of. */
interface Part {
  readonly feature: string;
  readonly isOffset: boolean;
  /** What experts have for their own, multiplied element by element; nothing where that is 1. */
  readonly own: readonly Power[];
  readonly coefficient: number;
}

interface Power {
  readonly factor: Expression;
  readonly exponent: number;
}

/**
 * The coordinates that a score is linear in: each of its terms is a product of what an expert has for its own and of what
 * all experts share, multiplied over the features or not.
 *
 * That the features do not depend on each other is seen in the rank of the scores at random numbers.
 */
export function coordinatesOf(recorded: Recorded): Coordinates | undefined {
  const { expression, specs } = recorded;
  if (!isOverOps(expression)) return undefined;
  const terms = termsOf(expression).map(({ term, coefficient }) => partOf(term, coefficient, specs));
  if (terms.some((part) => part === undefined)) return undefined;
  const groups = groupsOf(terms as Part[]);
  const [offsets, free] = [
    groups.filter((group) => group[0]!.isOffset),
    groups.filter((group) => !group[0]!.isOffset),
  ];
  if (free.length === 0 || offsets.length > 1) return undefined;
  const numbersOf = (group: readonly Part[], own: Numbers) => valuesOf(group, specs, own);
  const [offset] = offsets;
  const found: Coordinates = {
    of: (own) => free.flatMap((group) => numbersOf(group, own)),
    ...(offset && { offset: (own) => numbersOf(offset, own)[0]! }),
  };
  return isFree(recorded, found) ? found : undefined;
}

/** Parts with one feature together, and of those that are one function of an expert's numbers only one. */
function groupsOf(parts: readonly Part[]): Part[][] {
  const byFeature = new Map<string, Part[]>();
  for (const part of parts) byFeature.set(part.feature, [...(byFeature.get(part.feature) ?? []), part]);
  const byOwn = new Map<string, Part[]>();
  for (const group of byFeature.values()) {
    const own = group
      .map((part) => `${keyOf(part.own)} ${part.coefficient / group[0]!.coefficient}`)
      .sort()
      .join(' + ');
    const key = `${group[0]!.isOffset ? 'offset ' : ''}${own}`;
    if (!byOwn.has(key)) byOwn.set(key, group);
  }
  return [...byOwn.values()];
}

const keyOf = (powers: readonly Power[]) =>
  powers
    .map(({ factor, exponent }) => `${factor.id}^${exponent}`)
    .sort()
    .join(' ');

/** Nothing where it is no such product. */
function partOf(term: Expression, coefficient: number, specs: Recorded['specs']): Part | undefined {
  const isOwn = (of: Expression) =>
    !dependsOnInput(of) && parametersIn(of).every((name) => specs[name]!.shared !== true);
  const isCommon = (of: Expression) => parametersIn(of).every((name) => specs[name]!.shared === true);
  const own: Power[] = [];
  const common: Power[] = [];
  let contracted = '';
  let isInputFree = true;
  for (const power of factorsOf(term)) {
    const { factor, exponent } = power;
    if (isCommon(factor)) {
      common.push(power);
      isInputFree &&= !dependsOnInput(factor);
    } else if (isOwn(factor)) own.push(power);
    else {
      const inner = exponent === 1 && contracted === '' ? contraction(factor) : undefined;
      if (inner === undefined) return undefined;
      own.push(...inner.own);
      contracted = inner.feature;
      isInputFree &&= inner.isInputFree;
    }
  }
  const isVector = contracted !== '';
  return { feature: `${keyOf(common)} ${contracted}`, isOffset: isInputFree && !isVector, own, coefficient };

  /** The total of a product, or the product with a kernel of one column. */
  function contraction(of: Expression) {
    if (of.operation === 'matmul') {
      const [value, kernel] = of.inside as [Expression, Expression];
      if (!isCommon(value) || !isOwn(kernel) || kernel.features !== 1) return undefined;
      return {
        own: [{ factor: kernel, exponent: 1 }],
        feature: `dot ${value.id}`,
        isInputFree: !dependsOnInput(value),
      };
    }
    if (of.operation !== 'total') return undefined;
    const factors = factorsOf(of.inside[0]!);
    const [mine, theirs] = [
      factors.filter(({ factor }) => !isCommon(factor)),
      factors.filter(({ factor }) => isCommon(factor)),
    ];
    if (!mine.every(({ factor }) => isOwn(factor)) || theirs.length === 0) return undefined;
    return {
      own: mine,
      feature: `dot ${keyOf(theirs)}`,
      isInputFree: theirs.every(({ factor }) => !dependsOnInput(factor)),
    };
  }
}

/** A group's coordinates at an expert's numbers: of a vector as many as it is long. */
function valuesOf(group: readonly Part[], specs: Recorded['specs'], own: Numbers): number[] {
  const parameters = mapNames(own, (numbers, name) =>
    arrayParam(sized(specs[name]!, numbers.length), 1, numbers),
  );
  const at = (expression: Expression) => [
    ...evaluate(arrayOps, expression, arrayOps.constant(0), parameters).data,
  ];
  const parts = group.map(({ own: powers, coefficient }) =>
    powers.reduce<number[]>(
      (product, { factor, exponent }) => {
        const values = at(factor);
        const length = Math.max(product.length, values.length);
        return Array.from(
          { length },
          (_, i) => product[product.length === 1 ? 0 : i]! * values[values.length === 1 ? 0 : i]! ** exponent,
        );
      },
      [coefficient],
    ),
  );
  const length = Math.max(...parts.map((part) => part.length));
  return Array.from({ length }, (_, i) =>
    parts.reduce((sum, part) => sum + part[part.length === 1 ? 0 : i]!, 0),
  );
}

/** A parameter that was read for some number of inputs, for the number that it has. */
function sized({ shape, ...spec }: ParamSpec, length: number): ParamSpec {
  const [, columns] = shape;
  return { ...spec, shape: columns === undefined ? [length] : [length / columns, columns] };
}

/** Whether scores have as many directions as there are coordinates, those of features that are no constants. */
function isFree({ expression, specs, inputs: inputDim }: Recorded, { of, offset }: Coordinates): boolean {
  const random = stream(0, 'coordinates');
  const drawn = (spec: ParamSpec, copies: number) =>
    Array.from({ length: copies * paramSize(spec) }, () => 0.5 + random.uniform());
  const some = mapNames(specs, (spec) => drawn(spec, 1));
  const size = of(ownOf(specs, some, 0)).length;
  const [experts, rows] = [size + (offset === undefined ? 0 : 1) + 3, size + 4];
  const copies = replicate(specs, experts);
  const numbers = mapNames(copies, (spec) => drawn(spec, spec.copies));
  const inputs = Array.from({ length: rows }, () => Array.from({ length: inputDim }, () => random.normal()));
  const parameters = mapNames(copies, (spec, name) => arrayParam(spec, spec.copies, numbers[name]!));
  const scores = tableOf(evaluate(arrayOps, expression, arrayInput(inputs), parameters));
  // Without what does not depend on the input, an offset has no direction.
  const centred = Array.from({ length: experts }, (_, e) => {
    const column = scores.map((row) => row[e]!);
    const mean = column.reduce((sum, value) => sum + value, 0) / rows;
    return column.map((value) => value - mean);
  });
  const { values } = singularValues(matrixOf(centred));
  return values.filter((value) => value > 1e-9 * values[0]!).length === size;
}
