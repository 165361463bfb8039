import type { ScaleChange, SignChange, Units } from '@tfjs-moe/core';
import { type Axis, axesOf } from './axes.ts';
import { subsets } from './degrees.ts';
import { type Expression, within } from './expression.ts';
import type { Recorded } from './record.ts';
import { type Change, changed, type Effect, scaleEffects, signEffects } from './unit-changes.ts';

/** The units of a definition: every axis but the input's, with what may be done to the numbers of one of its places. */
export function unitsOf({ expression }: Recorded): Units[] {
  // A kernel that is more than multiplied with has axes that are not followed here.
  if (within(expression).some(({ operation, rows }) => operation !== 'parameter' && rows > 1)) return [];
  return axesOf(expression).flatMap((axis) => {
    const { incoming, outgoing, isInput, isOutput } = axis;
    const isHidden = !isOutput && incoming.length > 0 && outgoing.length > 0;
    if (isInput || !(isHidden || isOutput) || incoming.some((name) => outgoing.includes(name))) return [];
    const signs = minimal(expression, axis, signEffects).map(
      ({ moved, answered, constant }): SignChange => ({
        negated: [...moved, ...answered],
        ...(constant !== undefined && { constant }),
      }),
    );
    const scales = minimal(expression, axis, scaleEffects)
      .filter(({ answered }) => answered.length > 0)
      .map(({ moved, answered }): ScaleChange => ({ multiplied: moved, divided: answered }));
    if (!isHidden && signs.length === 0) return [];
    return [{ incoming, outgoing, ...(signs.length > 0 && { signs }), ...(scales.length > 0 && { scales }) }];
  });
}

/** The changes of incoming parameters that leave the function as it is, none of which contains another. */
function minimal(output: Expression, axis: Axis, effects: (moved: ReadonlySet<string>) => Effect): Change[] {
  const found: Change[] = [];
  for (const moved of subsets(axis.incoming)) {
    if (found.some((change) => change.moved.every((name) => moved.includes(name)))) continue;
    const change = changed(output, axis, moved, effects(new Set(moved)));
    if (change) found.push(change);
  }
  return found;
}
