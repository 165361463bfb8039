import { MoeError } from '@tfjs-moe/core';

/** A number with the table and the row that it stands in. */
export interface NamedNumber {
  readonly part: 'gate' | 'expert' | 'noise';
  readonly group: string;
  readonly name: string;
  /** As that of an estimate. */
  readonly status: string;
}

/** $\sum_i c_i \theta_i + c$ of the numbers of a fit. */
export interface LinearCombination {
  /** As it was written, with the table it stands in where a name stands in several. */
  readonly text: string;
  /** One per number. */
  readonly coefficients: Float64Array;
  readonly constant: number;
}

/** A name with its coefficient, or a number alone. */
interface Term {
  readonly factor: number;
  readonly places?: readonly number[];
}

/**
 * Reads `expert 1: x1 - expert 2: x1`, `2 * x1 + 3`, `x1 = x2`: names as the tables have them, the longest that fits, in
 * backticks where one begins another. `expert: x1` stands for every expert, `gate: x1` for every contrast of the gate and
 * `x1` for all of both: one combination each, in which all such names are of one table.
 * @param what the text is called in errors
 * @throws MoeError where a word is no name and no number, or names have no table in common
 */
export function linearCombinations(
  who: string,
  numbers: readonly NamedNumber[],
  written: string,
  what = 'written',
): LinearCombination[] {
  if (typeof written !== 'string')
    throw new MoeError(who, `${what} must be a text, or a list of them`, written);
  const sides = written.split('=');
  if (sides.length > 2 || sides.some((side) => side.trim() === ''))
    throw new MoeError(who, `${what} must have terms, and one = at most`, written);
  const names = namesOf(numbers);
  const terms = sides.flatMap((side, i) =>
    termsOf(who, side, names, numbers, what).map(({ factor, ...term }) => ({
      factor: i === 0 ? factor : -factor,
      ...term,
    })),
  );
  const isWide = ({ places = [] }: Term) => places.length > 1;
  const groupOf = (place: number) => numbers[place]!.group;
  const wide = terms.filter(isWide);
  const groups = new Set(wide[0]?.places?.map(groupOf) ?? ['']);
  for (const { places = [] } of wide.slice(1)) {
    const others = new Set(places.map(groupOf));
    for (const group of groups) if (!others.has(group)) groups.delete(group);
  }
  if (groups.size === 0) throw new MoeError(who, `the names ${what} must stand in one table`, written);
  return [...groups].map((group) => {
    const coefficients = new Float64Array(numbers.length);
    let constant = 0;
    for (const term of terms) {
      const { factor, places } = term;
      if (places === undefined) constant += factor;
      else
        coefficients[isWide(term) ? places.find((place) => groupOf(place) === group)! : places[0]!]! +=
          factor;
    }
    return {
      text: group === '' ? written.trim() : `${group}: ${written.trim().replace(/^(?:expert|gate): /, '')}`,
      coefficients,
      constant,
    };
  });
}

/** Places among the estimates by every name that they have; what is 0 by convention has only its full one. */
function namesOf(estimates: readonly NamedNumber[]): Map<string, number[]> {
  const names = new Map<string, number[]>();
  estimates.forEach(({ part, group, name, status }, place) => {
    const short = ['reference', 'aliased', 'held', 'fixed'].includes(status)
      ? []
      : [`${part}: ${name}`, name];
    for (const each of new Set([`${group}: ${name}`, ...short]))
      names.set(each, [...(names.get(each) ?? []), place]);
  });
  return names;
}

const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;

function termsOf(
  who: string,
  side: string,
  names: ReadonlyMap<string, number[]>,
  estimates: readonly NamedNumber[],
  what: string,
): Term[] {
  const longestFirst = [...names.keys()].sort((a, b) => b.length - a.length);
  const terms: Term[] = [];
  let rest = side.trim();
  while (rest !== '') {
    const sign = /^[+-]/.exec(rest)?.[0];
    if (sign === undefined && terms.length > 0)
      throw new MoeError(who, `${what} must have + or - between terms`, rest);
    if (sign !== undefined) rest = rest.slice(1).trimStart();
    const signed = sign === '-' ? -1 : 1;
    let factor = signed;
    let name = nameAt(rest, longestFirst);
    const number = name === undefined ? NUMBER.exec(rest)?.[0] : undefined;
    if (number !== undefined) {
      factor *= Number(number);
      rest = rest.slice(number.length).trimStart();
      const hasName = rest.startsWith('*');
      if (hasName) rest = rest.slice(1).trimStart();
      name = hasName ? nameAt(rest, longestFirst) : undefined;
      if (!hasName) {
        terms.push({ factor });
        continue;
      }
    }
    if (name === undefined) throw unknown(who, rest, estimates, what);
    rest = rest.slice(rest.startsWith('`') ? name.length + 2 : name.length).trimStart();
    terms.push({ factor, places: names.get(name)! });
  }
  return terms;
}

/** The longest name that a text begins with, and after which a sign may stand. */
function nameAt(text: string, longestFirst: readonly string[]): string | undefined {
  if (text.startsWith('`')) return longestFirst.find((name) => text.startsWith(`\`${name}\``));
  return longestFirst.find((name) => text.startsWith(name) && /^\s*(?:$|[+-])/.test(text.slice(name.length)));
}

function unknown(who: string, rest: string, estimates: readonly NamedNumber[], what: string): MoeError {
  const names = [...estimates]
    .sort((a, b) => a.part.localeCompare(b.part))
    .map(({ group, name }) => `"${group}: ${name}"`);
  const some = names.slice(0, 6).join(', ');
  const message = `${what} must name numbers of the tables, such as ${some}${names.length > 6 ? ', ...' : ''}`;
  return new MoeError(who, message, rest);
}
