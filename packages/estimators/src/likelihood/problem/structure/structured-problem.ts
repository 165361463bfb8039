import { MoeError, stream } from '@tfjs-moe/core';
import { gateTraits } from '@tfjs-moe/measures';
import { inOrder } from '../../../in-order.ts';
import { namedNumbers } from '../named-numbers.ts';
import type { Problem } from '../problem.ts';
import { type Equation, equationsOf } from './equations.ts';
import type { CoefficientStructure } from './structure.ts';
import { type StructuredCoordinates, structuredCoordinates } from './structured-coordinates.ts';
import { structuredSource } from './structured-source.ts';

/**
 * The same problem where coefficients obey a structure: its points are the solutions of linear equations, with coordinates,
 * derivatives and degrees of freedom of their own, so that EM, Newton, standard errors and criteria need to know nothing of
 * it.
 *
 * @throws MoeError for names that are none and for equations that contradict each other
 */
export function structuredProblem(who: string, problem: Problem, structure: CoefficientStructure): Problem {
  const equations = equationsOf(who, structure, namedNumbers(problem));
  if (equations.length === 0) return problem;
  const { layout, selection } = problem;
  const ofGate = equations.find(({ coefficients }) =>
    coefficients.subarray(0, layout.firstExpert).some((factor) => factor !== 0),
  );
  if (ofGate !== undefined && selection !== undefined)
    throw new MoeError(who, 'structure: a gate that selects has no fixed coefficients', ofGate.text);
  const solutions = structuredCoordinates(who, problem.coordinates, equations);
  return {
    ...problemOfSolutions(problem, solutions),
    structure: {
      fixed: solutions.fixed,
      isExchangeable: exchangeable(problem, solutions.coordinates, equations),
    },
  };
}

/** A problem whose points are the solutions of some equations among those of another. */
export function problemOfSolutions(
  problem: Problem,
  { coordinates, basis, toAll, fromAll }: Omit<StructuredCoordinates, 'fixed'>,
): Problem {
  const { unitLogits, fromStandard, selection } = problem;
  const { firstExpert, firstNoise } = problem.coordinates;
  return {
    ...problem,
    coordinates,
    source: structuredSource(problem.source, basis, toAll),
    unitLogits:
      unitLogits === firstExpert
        ? coordinates.firstExpert
        : unitLogits === firstNoise
          ? coordinates.firstNoise
          : 0,
    isAllowed: (at) => problem.isAllowed(toAll(at)),
    ...(fromStandard !== undefined && { fromStandard: (measure) => fromAll(fromStandard(measure)) }),
    ...(selection !== undefined && {
      selection: {
        ...selection,
        scores: (at, rows) => selection.scores(toAll(at), rows),
        withUnitScale: (at) => fromAll(selection.withUnitScale(toAll(at))),
      },
    }),
  };
}

/** How far an equation may be missed, as a part of its terms, for it to hold. */
const HOLDS = 1e-9;

/** Whether two experts can change places: at a solution at random the equations are tried with the two exchanged. */
function exchangeable(
  { layout }: Problem,
  { size, toNumbers }: Problem['coordinates'],
  equations: readonly Equation[],
): (a: number, b: number) => boolean {
  const { shape, zeroExpert } = layout;
  const isOfGroups = gateTraits(shape.gate, shape.experts).form?.type === 'hierarchical';
  const random = stream(0, 'structure');
  const measure = layout.measureAt(toNumbers(Float64Array.from({ length: size }, () => random.normal())));
  return (a, b) => {
    if (a === b) return true;
    if (isOfGroups || (zeroExpert && Math.max(a, b) === shape.experts - 1)) return false;
    const order = Array.from({ length: shape.experts }, (_, e) => (e === a ? b : e === b ? a : e));
    const numbers = layout.numbersOf(inOrder(measure, order));
    return equations.every(({ coefficients, value }) => {
      let [sum, terms] = [-value, Math.abs(value)];
      coefficients.forEach((factor, i) => {
        sum += factor * numbers[i]!;
        terms += Math.abs(factor * numbers[i]!);
      });
      return Math.abs(sum) <= HOLDS * terms;
    });
  };
}
