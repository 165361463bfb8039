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
  tableOf,
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
  /** Number of sequences that the tokens are, equal runs of them. Default: the input has none. */
  readonly sequences?: number;
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
  { experts, inputDim, units, sequences }: LayerSizes,
  sharedExperts?: SharedExperts,
): Float64Layer {
  const shared = sharedExperts && float64Shared(sharedExperts, inputDim, units);
  const gateSpecs: ParamSpecs = gate.params(inputDim, experts);
  const parts = partsOf(expert, experts).map((part) => ({
    ...part,
    specs: replicate(part.expert.params(inputDim, units), part.count) as ParamSpecs,
  }));
  const context = { experts, training: false };
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
      const added = shared?.output(rows, scoped('shared', data));
      const own = gate.mix ? mixed(rows, data, mask) : sent(this.routed(rows, data, mask), rows, data, mask);
      return own.map((y, i) => (mask?.[Math.floor(i / units)] === 0 ? y : y + (added?.[i] ?? 0)));
    },
  };

  function sent(
    { weights, selected }: ReturnType<Float64Layer['routed']>,
    rows: readonly (readonly number[])[],
    data: LayerData,
    mask?: readonly number[],
  ): Float64Array {
    return combined(weights, selected, outputsOf(rows, data), { tokens: rows.length, experts, units, mask });
  }

  /** What every expert makes of some rows. */
  function outputsOf(rows: readonly (readonly number[])[], data: LayerData) {
    return parts.flatMap(({ expert: own, count, path, specs }) => {
      const numbers = scoped(path, scoped('expert', data));
      const output = own.apply(arrayOps, arrayInput(rows), valuesOf(specs, numbers));
      return Array.from({ length: count }, (_, copy) => ({ output, copy }));
    });
  }

  /** Every token a mixture of what the experts make of slots, which are mixtures of tokens. */
  function mixed(
    rows: readonly (readonly number[])[],
    data: LayerData,
    mask?: readonly number[],
  ): Float64Array {
    const soft = gate.mix!(opsOf(rows, mask), arrayInput(rows), gateValues(data), context);
    const [dispatch, combine] = [tableOf(soft.dispatch), tableOf(soft.combine)];
    const slots = combine[0]!.length / experts;
    const runs = soft.perSequence ? (sequences ?? 1) : 1;
    const length = rows.length / runs;
    return Float64Array.from(
      rows.flatMap((_, t) => {
        if (mask?.[t] === 0) return new Array(units).fill(0);
        const first = Math.floor(t / length) * length;
        const run = Array.from({ length }, (_each, i) => first + i);
        // A token of NaN is NaN itself, and no part of any slot.
        const sound = run.filter((each) => !combine[each]!.some(Number.isNaN));
        const answers = combine[t]!.map((_share, s) => {
          const slot = rows[0]!.map((_value, d) =>
            sound.reduce((sum, each) => sum + dispatch[each]![s]! * rows[each]![d]!, 0),
          );
          const { output, copy } = outputsOf([slot], data)[Math.floor(s / slots)]!;
          const at = (output.experts === 1 ? 0 : copy) * units;
          return output.data.subarray(at, at + units);
        });
        return Array.from({ length: units }, (_u, u) =>
          combine[t]!.reduce((sum, share, s) => sum + share * answers[s]![u]!, 0),
        );
      }),
    );
  }

  function routingOf(rows: readonly (readonly number[])[], data: LayerData, mask?: readonly number[]) {
    return gate.route(opsOf(rows, mask), arrayInput(rows), gateValues(data), context);
  }

  function opsOf(rows: readonly unknown[], mask?: readonly number[]) {
    return arrayGateOps({ tokens: rows.length, ...(mask && { mask }), ...(sequences && { sequences }) });
  }

  function gateValues(data: LayerData) {
    return valuesOf(gateSpecs, scoped('gate', data));
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
