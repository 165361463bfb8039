import { type ArrayValue, arrayGateOps, type Gate, mapNames } from '@tfjs-moe/core';
import { valuesOf } from '@tfjs-moe/core/testing';

type Observed = Readonly<Record<string, ArrayValue>>;

/** The state of a gate after an update, by name. */
export function updatedBy(
  gate: Gate,
  experts: number,
  state: Readonly<Record<string, readonly number[]>>,
  observed: Observed,
): Record<string, number[]> {
  const specs = gate.params(experts, experts);
  const known = Object.fromEntries(Object.entries(specs).filter(([name]) => name in state));
  const values = valuesOf(
    known,
    mapNames(state, (numbers) => Float64Array.from(numbers)),
  );
  return mapNames(gate.update!(arrayGateOps(), values, observed, { experts }), ({ data }) => [...data]);
}

/** What a step is told of several batches. */
export function addUp(batches: readonly Observed[]): Observed {
  return batches.reduce((sums, batch) =>
    mapNames(sums, (sum, name) => ({
      ...sum,
      data: sum.data.map((value, i) => value + batch[name]!.data[i]!),
    })),
  );
}
