/** Responsibilities to use in place of the E-step, one column of n numbers per expert. */
export type Given = readonly Float64Array[];

/** 0.9 for the expert that a row is assigned to and 0.1 for each other, divided by their sum, as in flexmix. */
export function softened(labels: Int32Array, experts: number): Given {
  const sum = 0.9 + 0.1 * (experts - 1);
  const [own, other] = [0.9 / sum, 0.1 / sum];
  return Array.from({ length: experts }, (_, e) => {
    const column = new Float64Array(labels.length);
    for (let i = 0; i < labels.length; i++) column[i] = labels[i] === e ? own : other;
    return column;
  });
}

/** The means of the rows of every group, which stand one after another. */
export function inGroups(given: Given, groups: Int32Array): Given {
  return given.map((column) => {
    const means = column.slice();
    for (let first = 0, end = 0; first < groups.length; first = end) {
      let sum = 0;
      for (end = first; end < groups.length && groups[end] === groups[first]; end++) sum += column[end]!;
      means.fill(sum / (end - first), first, end);
    }
    return means;
  });
}
