/** Mixtures with random parameters, and inputs for them. */
import { type Expert, type Gate, type GateParamSpec, mapNames, replicate } from '@tfjs-moe/core';
import { drawnData, drawnRows } from '@tfjs-moe/core/testing';
import type { MixingMeasure } from '@tfjs-moe/measures';

export function drawnMixture(
  gate: Gate,
  expert: Expert,
  inputDim: number,
  experts: number,
  seed = 5,
): MixingMeasure {
  const draw = (specs: Record<string, GateParamSpec>) =>
    mapNames(drawnData(specs, seed), (values) => Array.from(values));
  return {
    gate,
    expert,
    inputDim,
    experts,
    gateParams: draw(gate.params(inputDim, experts)),
    expertParams: draw(replicate(expert.params(inputDim, 1), experts)),
  };
}

export const inputs = (inputDim: number): number[][] => drawnRows(60, inputDim, 9);
