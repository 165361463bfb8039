import * as tf from '@tensorflow/tfjs-core';
import { type Gate, MoeError, scoped, stream } from '@tfjs-moe/core';
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
      const param = Object.hasOwn(stored, name) ? stored[name] : undefined;
      if (param?.spec.state !== true)
        throw new MoeError(gate.kind, 'update must return parameters that are state', name);
      const shape = param.variable.shape as number[];
      const size = tf.util.sizeFromShape(shape);
      param.variable.write(
        value.size === size ? tf.reshape(value, shape) : tf.add(tf.reshape(value, []), tf.zeros(shape)),
      );
    }
  });
}
