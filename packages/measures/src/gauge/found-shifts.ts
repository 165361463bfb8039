import type { Gate, ParameterCopy } from '@tfjs-moe/core';
import type { Expression } from '../reading/expression.ts';
import { type RecordedGate, recordGate, weightsWith } from '../reading/record.ts';
import { sum } from '../reading/sums.ts';

/**
 * The parameters whose copies may all move together, or all those of each of some equal runs of experts, without changing a
 * weight, by their last copies: read from the formula of a gate whose form is unknown.
 *
 * The same t is added to every copy; where the weights are the same expression then, they do not depend on t, at any
 * parameters and inputs. Freedoms of other kinds are not found.
 */
export function foundShifts(gate: Gate, experts: number): ParameterCopy[] {
  const recorded = recordGate(gate, experts);
  if (recorded === undefined) return [];
  return Object.entries(recorded.specs).flatMap(([name, { copies, trainable }]) => {
    if (copies < 2 || trainable === false) return [];
    const runs = finestRuns(recorded, name, copies);
    if (runs === undefined) return [];
    const size = copies / runs;
    return Array.from({ length: runs }, (_, run) => ({ name, copy: (run + 1) * size - 1 }));
  });
}

/** Into how many runs, each with a t of its own, the copies may be cut; nothing where they may not even move as one. */
function finestRuns(recorded: RecordedGate, name: string, copies: number): number | undefined {
  const { of, routing } = recorded;
  const divisors = Array.from({ length: copies - 1 }, (_, i) => copies - 1 - i).filter(
    (n) => copies % n === 0,
  );
  return divisors.find((runs) => {
    const moved = (parameter: Expression) => {
      const { rows, features } = parameter;
      const t = of.make('parameter', [], { name: '(t)', rows, features, experts: runs });
      const spread = runs === 1 ? t : of.make('spread', [t], { experts: copies });
      return sum(of, [
        { term: parameter, coefficient: 1 },
        { term: spread, coefficient: 1 },
      ]);
    };
    return weightsWith(recorded, name, moved) === routing.weights;
  });
}
