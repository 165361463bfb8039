import type { Expert, Gate } from '@tfjs-moe/core';
import type { MeasureShape } from '../measure/mixing-measure.ts';

/** A question that takes long, asked once for a gate and an expert of a size. */
export function askedOnce<T>(ask: (shape: MeasureShape) => T): (shape: MeasureShape) => T {
  const known = new WeakMap<Gate, WeakMap<Expert, Map<string, T>>>();
  return (shape) => {
    const { gate, expert, inputDim, experts, units = 1 } = shape;
    const ofGate = known.get(gate) ?? new WeakMap<Expert, Map<string, T>>();
    known.set(gate, ofGate);
    const ofPair = ofGate.get(expert) ?? new Map<string, T>();
    ofGate.set(expert, ofPair);
    const size = `${inputDim} ${experts} ${units}`;
    const answer = ofPair.has(size) ? (ofPair.get(size) as T) : ask(shape);
    ofPair.set(size, answer);
    return answer;
  };
}
