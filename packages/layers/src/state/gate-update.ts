import * as tf from '@tensorflow/tfjs-core';
import { type Gate, MoeError, scoped, stream } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { tokenOps } from '../interpretation/token-ops.ts';
import { readParams, type StoredParam } from '../weights.ts';
import type { Sums } from './step-state.ts';

/** Where the sums of the gate are among those of the layer. */
export const GATE = 'gate';

/** Moves the state of a gate after a step of the optimiser. */
export function updateGate(
  gate: Gate,
  experts: number,
  stored: Readonly<Record<string, StoredParam>>,
  sums: Sums,
): void {
  tf.tidy(() => {
    const ops = tokenOps({ random: stream(0) });
    const next = gate.update?.(ops, readParams(stored, 'tokensFirst'), scoped(GATE, sums), { experts }) ?? {};
    for (const [name, value] of Object.entries(next)) {
      if (development && !(Object.hasOwn(stored, name) && stored[name]!.spec.state))
        throw new MoeError(gate.kind, 'update must return parameters that are state', name);
      const { variable } = stored[name]!;
      const shape = variable.shape as number[];
      // A bare constant stands for all copies.
      variable.write(tf.reshape(tf.add(value, tf.zeros([1, ...shape])), shape));
    }
  });
}
