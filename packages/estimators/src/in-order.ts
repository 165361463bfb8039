import { gateGauge, inGauge, type MixingMeasure, measureSpecs, withAtoms } from '@tfjs-moe/measures';

/** A measure with its experts in another order, dispersions with them, and the gate in its gauge. */
export function inOrder(measure: MixingMeasure, order: readonly number[]): MixingMeasure {
  const { dispersions, covariances, experts } = measure;
  const moved = withAtoms(measure, order);
  const { gate, inputDim, gateParams } = moved;
  return {
    ...moved,
    ...(dispersions?.length === experts && {
      dispersions: order.map((source) => dispersions[source]!),
    }),
    ...(covariances?.length === experts && {
      covariances: order.map((source) => covariances[source]!),
    }),
    gateParams: inGauge(gateGauge(gate, inputDim, experts), measureSpecs(moved).gate, gateParams),
  };
}
