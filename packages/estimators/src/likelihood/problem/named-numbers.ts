import type { NamedNumber } from '../../linear-combinations.ts';
import { responsesOf } from '../../sample.ts';
import { groupOf, namesFor } from './names.ts';
import type { Problem } from './problem.ts';

/** The numbers of a layout by the names of their tables, with what is known of each before there is a fit. */
export interface FreeOrNot extends NamedNumber {
  readonly status: 'estimated' | 'reference' | 'aliased' | 'held' | 'fixed';
}

export function namedNumbers({ layout, coordinates, data, aliased, structure }: Problem): FreeOrNot[] {
  const { rows, columns, data: entries } = coordinates.jacobian;
  const responses = data.moreResponses && responsesOf(data).map(({ name }) => name);
  const nameOf = namesFor(layout.shape, responses);
  return layout.entries.map((entry, i) => {
    const isFree = Array.from({ length: columns }, (_, j) => entries[i + j * rows]!).some(
      (value) => value !== 0,
    );
    let status: FreeOrNot['status'] = 'estimated';
    if (aliased.includes(i)) status = 'aliased';
    else if (layout.zeroExpert && entry.part === 'expert' && entry.copy === layout.shape.experts - 1)
      status = 'held';
    else if (structure?.fixed.has(i)) status = 'fixed';
    else if (!isFree) status = 'reference';
    return {
      part: entry.part,
      group: groupOf(entry, layout.shape),
      name: entry.label ?? nameOf(entry, data.inputNames),
      status,
    };
  });
}
