import type { layers } from '@tensorflow/tfjs-layers';
import { limits, MoeError } from '@tfjs-moe/core';

/** How many mixtures lie inside each other in those whose experts are layers, themselves included. */
const heights = new WeakMap<layers.Layer, number>();

/** Layers of tfjs that hold others: models, `timeDistributed`. */
interface Holder {
  readonly layers?: readonly layers.Layer[];
  readonly layer?: layers.Layer;
}

/** Notes a mixture whose experts are layers, and refuses one that holds others too deep inside. */
export function expectShallowLayers(
  who: string,
  mixture: layers.Layer,
  children: readonly layers.Layer[],
): void {
  const height = 1 + children.reduce((most, child) => Math.max(most, heightOf(child, 0)), 0);
  if (height > limits.nesting) throw tooDeep(who);
  heights.set(mixture, height);
}

let making = 0;

/** Runs a factory of layers, which may make mixtures whose factories make mixtures. */
export function makeInside<T>(who: string, make: () => T): T {
  if (making >= limits.nesting) throw tooDeep(who);
  making++;
  try {
    return make();
  } finally {
    making--;
  }
}

function heightOf(layer: layers.Layer, level: number): number {
  const known = heights.get(layer);
  if (known !== undefined) return known;
  if (level > limits.nesting) return Number.POSITIVE_INFINITY;
  if ('trainableExperts' in layer) return 1;
  const { layers: inside = [], layer: wrapped } = layer as Holder;
  const held = wrapped === undefined ? inside : [...inside, wrapped];
  return held.reduce((most, each) => Math.max(most, heightOf(each, level + 1)), 0);
}

function tooDeep(who: string): MoeError {
  return new MoeError(who, `mixtures may be experts of mixtures ${limits.nesting} deep`);
}
