/**
 * What all logits of a softmax may have in common, and what a learned temperature may be traded for, taken out of the
 * numbers of a gate. Which parameters these are, `theory` knows.
 */
import { type Config, type GateParamSpec, type Json, paramSize } from '@tfjs-moe/core';
import type { Editable } from '../measure/editable.ts';
import { type GaugeParameter, gaugeOf } from './gauge-of.ts';

/**
 * The parameters that become 0 when what all logits of a softmax have in common is subtracted. The centres of a Euclidean
 * router stay: moving them all needs other biases, and they are where they are said to be only as long as nobody does.
 */
export function shiftGauge(gate: Config, experts: number): GaugeParameter[] {
  return gaugeOf(gate, experts).filter(({ name }) => !name.endsWith('router/center'));
}

/** Subtracts from every run of copies that one softmax looks at its last one, which becomes 0. */
export function removeGauge(
  gate: Config,
  experts: number,
  specs: Readonly<Record<string, GateParamSpec>>,
  numbers: Editable,
): void {
  const next = new Map<string, number>();
  for (const { name, copy } of shiftGauge(gate, experts)) {
    const size = paramSize(specs[name] as GateParamSpec);
    const all = numbers[name] as number[];
    const reference = all.slice(copy * size, (copy + 1) * size);
    // The reference is the last copy of its softmax, and the next softmax begins behind it.
    const first = next.get(name) ?? 0;
    for (let c = first; c <= copy; c++) {
      for (let i = 0; i < size; i++)
        all[c * size + i] = (all[c * size + i] as number) - (reference[i] as number);
    }
    next.set(name, copy + 1);
  }
}

/**
 * In how many directions the numbers of a gate move without changing its weights, besides those of `shiftGauge`: all
 * centres of a Euclidean router together, and a temperature with its scores.
 */
export function furtherGauges(
  gate: Config,
  experts: number,
  specs: Readonly<Record<string, GateParamSpec>>,
): number {
  const sizes = (gauge: readonly GaugeParameter[]) =>
    gauge.reduce((sum, { name }) => sum + paramSize(specs[name] as GateParamSpec), 0);
  return sizes(gaugeOf(gate, experts)) - sizes(shiftGauge(gate, experts)) + scaleGauges(gate).length;
}

/** A learned temperature whose scale the scores share. */
export interface ScaleGauge {
  /** The parameter $\tau$. */
  readonly temperature: string;
  /** What $\tau$ starts with. */
  readonly initial: number;
  /** Parameters that the scores are homogeneous in, of degree 1 together. */
  readonly scores: readonly string[];
}

/** The temperatures in a gate that cannot be told from the scale of the scores. */
export function scaleGauges(config: Config, path = ''): ScaleGauge[] {
  switch (config.kind) {
    case 'hierarchical':
      return [
        ...scaleGauges(config.outer as Config, `${path}outer/`),
        ...scaleGauges(config.inner as Config, `${path}inner/`),
      ];
    case 'topK':
      return scaleGauges(config.weighting as Config, path);
    case 'temperature': {
      const kernel = homogeneousKernel(config.router);
      if (kernel === undefined || config.learned === false) return [];
      return [
        {
          temperature: `${path}temperature`,
          initial: config.temperature as number,
          scores: [`${path}router/${kernel}`, ...(config.useBias === false ? [] : [`${path}bias`])],
        },
      ];
    }
    default:
      return [];
  }
}

/** Divides the scores by their temperature. */
export function removeScale(gate: Config, numbers: Editable): void {
  for (const { temperature, initial, scores } of scaleGauges(gate)) {
    const factor = initial / ((numbers[temperature] as number[])[0] as number);
    for (const name of scores) numbers[name] = (numbers[name] as number[]).map((value) => value * factor);
    numbers[temperature] = [initial];
  }
}

/** The parameter that a router's score is homogeneous in, if there is one. */
function homogeneousKernel(router: Json | undefined): string | undefined {
  const { kind, hiddenUnits, outputActivation } = router as Config;
  if (kind === 'linear') return 'kernel';
  if (kind !== 'mlp' || (outputActivation !== 'identity' && outputActivation !== 'relu')) return undefined;
  return `layer_${(hiddenUnits as readonly Json[]).length + 1}/kernel`;
}
