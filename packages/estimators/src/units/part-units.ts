import type { ParamSpecs } from '@tfjs-moe/core';
import { type InputLayer, type MeasureShape, measureSpecs, readExpert, readGate } from '@tfjs-moe/measures';

/**
 * Which parameters of a gate or an expert take up a change of the units of its inputs, and of its outputs.
 *
 * A first layer that is affine in the inputs does: $W^\top x + b = (sW)^\top \frac{x - m}{s} + (b + W^\top m)$, and so does
 * a last layer that is linear for the outputs. Which parameters form such layers is read from the formula; what cannot be
 * read is left alone.
 */
export interface PartUnits {
  /** Kernels on the inputs, [D, H] or [D], with the parameters that a shift of the inputs goes to, if all have one. */
  readonly kernels: readonly InputLayer[];
  /** Parameters whose common factor is one of the output. */
  readonly factor: readonly string[];
  /** The parameter that is added to the output. */
  readonly offset: string | undefined;
}

/** How a gate sees units: a gate has no units of its output. */
export function unitsOfGate({ gate, experts }: MeasureShape): PartUnits {
  return { kernels: layersThatTakeUp(readGate(gate, experts)), factor: [], offset: undefined };
}

/** How an expert sees units. */
export function unitsOfExpert(shape: MeasureShape): PartUnits {
  const reading = readExpert(shape.expert);
  const kernels = layersThatTakeUp(reading);
  const specs: ParamSpecs = measureSpecs(shape).expert;
  const isFree = (name: string) => specs[name]!.trainable !== false && specs[name]!.constraint === undefined;
  const { factor = [], offset } = reading ?? {};
  if (factor.length === 0 || !factor.every(isFree)) return { kernels, factor: [], offset: undefined };
  return { kernels, factor, offset: offset !== undefined && isFree(offset) ? offset : undefined };
}

function layersThatTakeUp(
  reading: { readonly inputLayers?: readonly InputLayer[] } | undefined,
): readonly InputLayer[] {
  const layers = reading?.inputLayers ?? [];
  return layers.every(({ bias }) => bias !== undefined)
    ? layers
    : layers.map(({ bias: _, ...layer }) => layer);
}
