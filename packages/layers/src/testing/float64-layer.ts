import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  arrayOps,
  type Expert,
  type Gate,
  type ParamSpecs,
  prefixed,
  replicate,
  scoped,
} from '@tfjs-moe/core';
import { drawnData, valuesOf } from '@tfjs-moe/core/testing';
import type { MixedExperts } from '../experts/bank-of.ts';
import type { SharedExperts } from '../extensions/shared-experts.ts';
import { float64Shared } from './float64-shared.ts';

/** Sizes of a layer under test. */
export interface LayerSizes {
  readonly experts: number;
  readonly inputDim: number;
  readonly units: number;
}

/** Numbers of all parameters, by the name of the layer's weight. */
export type LayerData = Record<string, Float64Array>;

/** A layer of its own kind on float64 arrays: the oracle of the layer suites. */
export interface Float64Layer {
  /** Specifications by the name of the layer's weight: `gate/...`, `expert/...` and `shared/...`. */
  readonly specs: ParamSpecs;
  /** Seeded numbers for every parameter, exact in float32. */
  draw(seed: number): LayerData;
  /** The weights [T * E] in evaluation mode, and what is selected: 0/1 [T * E]. */
  routed(
    rows: readonly (readonly number[])[],
    data: LayerData,
    mask?: readonly number[],
  ): { readonly weights: ArrayLike<number>; readonly selected: ArrayLike<number> };
  /** The output [T * U] in evaluation mode; NaN for a token with a NaN among its weights. */
  output(rows: readonly (readonly number[])[], data: LayerData, mask?: readonly number[]): Float64Array;
}

/**
 * The layer in float64 on plain arrays: the same gate and expert, every expert on every token, naive loops. The oracle
 * for values, and with central differences for gradients, of every dispatcher on every backend.
 */
export function float64Layer(
  gate: Gate,
  expert: Expert | MixedExperts,
  { experts, inputDim, units }: LayerSizes,
  sharedExperts?: SharedExperts,
): Float64Layer {
  const shared = sharedExperts && float64Shared(sharedExperts, inputDim, units);
  const gateSpecs: ParamSpecs = gate.params(inputDim, experts);
  const parts = partsOf(expert, experts).map((part) => ({
    ...part,
    specs: replicate(part.expert.params(inputDim, units), part.count) as ParamSpecs,
  }));
  const expertSpecs: ParamSpecs = Object.assign({}, ...parts.map(({ path, specs }) => prefixed(path, specs)));

  return {
    specs: {
      ...prefixed('gate', gateSpecs),
      ...prefixed('expert', expertSpecs),
      ...prefixed('shared', shared?.specs ?? {}),
    },
    draw(seed) {
      const data = {
        ...prefixed('gate', drawnData(gateSpecs, seed)),
        ...prefixed('expert', drawnData(expertSpecs, seed + 1)),
        ...prefixed('shared', shared?.draw(seed + 2) ?? {}),
      };
      for (const values of Object.values(data))
        values.forEach((value, i) => {
          values[i] = Math.fround(value);
        });
      return data;
    },
    routed(rows, data, mask) {
      const { weights, choices } = routingOf(rows, data, mask);
      const selected = weights.data.map((_, i) =>
        choices.reduce((total, choice) => total + choice.data[i]!, 0),
      );
      return { weights: weights.data, selected };
    },
    output(rows, data, mask) {
      const { weights, selected } = this.routed(rows, data, mask);
      const outputs = parts.flatMap(({ expert: own, count, path, specs }) => {
        const numbers = scoped(path, scoped('expert', data));
        const output = own.apply(arrayOps, arrayInput(rows), valuesOf(specs, numbers));
        return Array.from({ length: count }, (_, copy) => ({ output, copy }));
      });
      const routed = combined(weights, selected, outputs, { tokens: rows.length, experts, units, mask });
      const added = shared?.output(rows, scoped('shared', data));
      return routed.map((y, i) => (mask?.[Math.floor(i / units)] === 0 ? y : y + (added?.[i] ?? 0)));
    },
  };

  function routingOf(rows: readonly (readonly number[])[], data: LayerData, mask?: readonly number[]) {
    const ops = arrayGateOps(mask ? { mask } : {});
    const context = { experts, training: false };
    return gate.route(ops, arrayInput(rows), valuesOf(gateSpecs, scoped('gate', data)), context);
  }
}

/** The definitions of a layer's experts, with the path of their weights. */
function partsOf(expert: Expert | MixedExperts, experts: number) {
  if (expert.role === 'expert') return [{ expert, count: experts, path: '' }];
  return expert.parts.map((part, i) => ({ ...part, path: `part_${i + 1}` }));
}

/** Central differences of a scalar function of many numbers. */
export function centralDifferences(f: () => number, values: Float64Array, step = 1e-6): Float64Array {
  return values.map((value, i) => {
    values[i] = value + step;
    const above = f();
    values[i] = value - step;
    const below = f();
    values[i] = value;
    return (above - below) / (2 * step);
  });
}

interface Sizes {
  readonly tokens: number;
  readonly experts: number;
  readonly units: number;
  readonly mask: readonly number[] | undefined;
}

function combined(
  weights: ArrayLike<number>,
  selected: ArrayLike<number>,
  outputs: readonly { readonly output: ArrayValue; readonly copy: number }[],
  { tokens, experts, units, mask }: Sizes,
): Float64Array {
  const y = new Float64Array(tokens * units);
  for (let t = 0; t < tokens; t++) {
    if (mask?.[t] === 0) continue;
    for (let e = 0; e < experts; e++) {
      const weight = weights[t * experts + e]!;
      if (selected[t * experts + e] === 0 && !Number.isNaN(weight)) continue;
      // A constant expert has no axis of tokens, the identity none of experts.
      const { output, copy } = outputs[e]!;
      const row = (output.tokens === 1 ? 0 : t) * output.experts + (output.experts === 1 ? 0 : copy);
      for (let u = 0; u < units; u++) {
        y[t * units + u] = y[t * units + u]! + weight * output.data[row * units + u]!;
      }
    }
  }
  return y;
}
