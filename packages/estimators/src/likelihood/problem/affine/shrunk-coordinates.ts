import { FREE, GATE } from '../penalty/penalty.ts';
import type { AffineFunction, AffineFunctions } from './affine-functions.ts';

/** Whose slope each coordinate is: all but intercepts and dispersions, of the gate where it is shrunk too. */
export function ownersOf({ logits, outputs }: AffineFunctions, size: number, gate: boolean): Int32Array {
  const owners = new Int32Array(size).fill(FREE);
  const own = ({ start, basis }: AffineFunction, owner: number) => {
    if (start === undefined) return;
    basis.columns.forEach((column, k) => {
      if (column.some((value) => value !== 1)) owners[start + k] = owner;
    });
  };
  outputs.forEach((output, e) => {
    own(output, e);
  });
  if (gate) for (const logit of logits) own(logit, GATE);
  return owners;
}
