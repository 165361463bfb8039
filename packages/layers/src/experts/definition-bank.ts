import type { Tensor } from '@tensorflow/tfjs-core';
import { type Expert, MoeError, paramSize, replicate } from '@tfjs-moe/core';
import { development } from '@tfjs-moe/core/hints';
import { readParams, type StoredParam, storeParams } from '../weights.ts';
import type { ExpertBank } from './expert-bank.ts';

/**
 * Experts that are written in Ops: their parameters are stacked [E, ...] and owned by the layer, and the dispatcher's
 * interpretation runs all of them at once.
 */
export function definitionBank(expert: Expert, experts: number): ExpertBank {
  let stored: Record<string, StoredParam> = {};
  let expected = { who: 'expert', units: 0 };

  function expectUnits(output: Tensor): void {
    const units = output.shape[output.rank - 1];
    if (units === expected.units) return;
    const rule = `the expert "${expert.kind}" must return ${expected.units} features (units)`;
    throw new MoeError(expected.who, rule, units);
  }

  return {
    expert,
    config: () => expert.config,
    ownUnits: () => undefined,
    params: (inputDim, units) => replicate(expert.params(inputDim, units), experts),
    build({ who, inputDim, units, seed, addWeight }) {
      stored = storeParams(this.params(inputDim, units), 'expert', seed, who, addWeight);
      expected = { who, units };
    },
    parametersPerExpert: () => Object.values(stored).reduce((sum, { spec }) => sum + paramSize(spec), 0),
    run({ ops, input, layout }) {
      const output = expert.apply(ops, input, readParams(stored, layout));
      if (development) expectUnits(output);
      return output;
    },
    get stored() {
      return stored;
    },
    losses: () => [],
    children: [],
  };
}
