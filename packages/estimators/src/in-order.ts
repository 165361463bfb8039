import { gateGauge, inGauge, type MixingMeasure, measureSpecs, withAtoms } from '@tfjs-moe/measures';

/** A measure with its experts in another order, dispersions with them, and the gate in its gauge. */
export function inOrder(measure: MixingMeasure, order: readonly number[]): MixingMeasure {
  const moved = withAtoms(measure, order);
  const { gate, inputDim, gateParams, experts } = moved;
  return {
    ...moved,
    gateParams: inGauge(gateGauge(gate, inputDim, experts), measureSpecs(moved).gate, gateParams),
  };
}
