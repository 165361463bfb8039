import { MoeError } from '@tfjs-moe/core';
import {
  type LinearCombination,
  linearCombinations,
  type NamedNumber,
} from '../../../linear-combinations.ts';
import type { CoefficientStructure } from './structure.ts';

/** $\sum_i c_i \theta_i = b$ over the numbers of a layout, of dispersions their logarithms. */
export interface Equation {
  readonly text: string;
  readonly coefficients: Float64Array;
  readonly value: number;
}

/**
 * A structure as equations.
 * @param numbers those of the layout, by the names of their tables
 * @throws MoeError where a name is none, or an equation is of experts and of the gate
 */
export function equationsOf(
  who: string,
  { equal = [], fixed = [], absent = [] }: CoefficientStructure,
  numbers: readonly NamedNumber[],
): Equation[] {
  const read = (kind: string, written: string) =>
    linearCombinations(who, numbers, written, `structure: ${kind}`);
  const without = fixed.find((each) => !each.includes('='));
  if (without !== undefined)
    throw new MoeError(who, 'structure: fixed must have equations, as "expert 1: x1 = 0.5"', without);
  return [
    ...equal.flatMap((name) => sharedBy(who, name, numbers)),
    ...fixed.flatMap((each) => read('fixed', each)).map((each) => equationOf(who, each, numbers)),
    ...absent.flatMap((each) => read('absent', `${each} = 0`)).map((each) => equationOf(who, each, numbers)),
  ];
}

/** That a number is the same in every expert that has it. */
function sharedBy(who: string, written: string, numbers: readonly NamedNumber[]): Equation[] {
  const name = written.replace(/^expert: /, '');
  const places = [...numbers.keys()].filter((i) => {
    const { part, name: own, status } = numbers[i]!;
    return part !== 'gate' && own === name && !['aliased', 'held', 'reference'].includes(status);
  });
  if (places.length === 0) {
    const names = new Set(numbers.flatMap(({ part, name: own }) => (part === 'gate' ? [] : [own])));
    const some = [...names].slice(0, 6).join(', ');
    throw new MoeError(who, `structure: equal must name a number of the experts, one of ${some}`, written);
  }
  return places.slice(1).map((place) => {
    const coefficients = new Float64Array(numbers.length);
    coefficients[places[0]!] = 1;
    coefficients[place] = -1;
    return { text: written, coefficients, value: 0 };
  });
}

function equationOf(
  who: string,
  { text, coefficients, constant }: LinearCombination,
  numbers: readonly NamedNumber[],
): Equation {
  const places = [...coefficients.keys()].filter((i) => coefficients[i] !== 0);
  const parts = new Set(places.map((i) => numbers[i]!.part));
  if (parts.size !== 1)
    throw new MoeError(who, 'structure: an equation must be of experts, of the gate or of dispersions', text);
  const bad = places.find((i) => ['aliased', 'held'].includes(numbers[i]!.status));
  if (bad !== undefined)
    throw new MoeError(
      who,
      `structure: an equation must name numbers that are estimated; ${numbers[bad]!.group}: ${numbers[bad]!.name} is ${numbers[bad]!.status}`,
      text,
    );
  if (!parts.has('noise')) return { text, coefficients, value: -constant };
  const [first, second] = places;
  const value = -constant / coefficients[first!]!;
  if (second === undefined && value > 0)
    return { text, coefficients: coefficients.map((c) => (c === 0 ? 0 : 1)), value: Math.log(value) };
  if (places.length === 2 && constant === 0 && coefficients[first!] === -coefficients[second!]!)
    return { text, coefficients: coefficients.map(Math.sign), value: 0 };
  throw new MoeError(
    who,
    'structure: a dispersion is fixed at a number above 0, or equal to that of another expert',
    text,
  );
}
