import { MoeError, stream } from '@tfjs-moe/core';
import { spreadColumn } from '@tfjs-moe/numerics';
import type { Columns } from '../../sample.ts';
import { each, evaluateGate, type LogWeightsFrom } from './evaluate-definition.ts';
import type { Layout } from './layout.ts';

/** Points at which the gate is asked, because a gate of a network may be flat at one. */
const POINTS = 4;

/**
 * Refuses groups whose rows differ in an input that the gate sees: a group has one expert, and so one weight for each.
 *
 * Which inputs it sees is tried: of a row, each input in turn is replaced by that of another row of its group.
 */
export function expectGateOfGroups(who: string, layout: Layout, data: Columns, from: LogWeightsFrom): void {
  const { groups, inputs, inputNames } = data;
  if (groups === undefined || layout.shape.experts === 1) return;
  inputs.forEach((column, d) => {
    const row = column.findIndex(
      (value, i) => i > 0 && groups[i] === groups[i - 1] && value !== column[i - 1],
    );
    if (row < 0) return;
    const pair = inputs.map((other, c) =>
      c === d ? column.slice(row - 1, row + 1) : new Float64Array(2).fill(other[row]!),
    );
    const random = stream(0, 'groups');
    for (let point = 0; point < POINTS; point++) {
      const numbers = layout.atRest.map((value, i) => {
        const { min = -Infinity, max = Infinity } = layout.entries[i]!.spec?.constraint ?? {};
        return layout.held.has(i) ? value : Math.min(max, Math.max(min, random.normal()));
      });
      const { logits } = evaluateGate(layout, pair, numbers, 0, from);
      for (const [jet] of each(logits, layout.shape.experts, 1)) {
        const [first, second] = spreadColumn(jet!.value, 2);
        if (first === second) continue;
        throw new MoeError(
          who,
          `what the gate sees must be the same in all rows of a group, which has one expert: "${inputNames[d]}" is not`,
          [column[row - 1], column[row]],
        );
      }
    }
  });
}
