/** Four constant experts share a plane of four levels, at temperature 1. */
import { constant, mixtureOfExperts, temperature } from 'tfjs-moe';
import { trainOnCells } from '../train-on-cells.ts';
import type { Training } from '../training.ts';

export function train(): AsyncGenerator<Training, void, void> {
  // #region model
  const moe = mixtureOfExperts({
    inputShape: [2],
    experts: 4,
    gate: temperature({ temperature: 1, learned: false }),
    expert: constant(),
    units: 1,
    seed: 1,
  });
  // #endregion model
  return trainOnCells(moe);
}
