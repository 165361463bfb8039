/** Two groups of two constant experts share a plane of four levels. */
import { constant, hierarchical, mixtureOfExperts, softmax } from 'tfjs-moe';
import { trainOnCells } from '../train-on-cells.ts';
import type { Training } from '../training.ts';

export function train(): AsyncGenerator<Training, void, void> {
  // #region model
  const moe = mixtureOfExperts({
    inputShape: [2],
    experts: 4,
    gate: hierarchical({
      groups: 2,
      outer: softmax(),
      inner: softmax(),
    }),
    expert: constant(),
    units: 1,
    seed: 4,
  });
  // #endregion model
  return trainOnCells(moe);
}
