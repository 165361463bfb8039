import { type Gate, MoeError } from '@tfjs-moe/core';
import { type Family, selects } from '@tfjs-moe/measures';
import { type Columns, responsesOf } from '../../../sample.ts';
import type { CoefficientStructure } from '../structure/structure.ts';

/** What is asked for beside several responses. */
export interface AskedOfSeveral {
  readonly gate: Gate;
  readonly experts: number;
  readonly family: Family;
  readonly structure: CoefficientStructure | undefined;
  readonly zeroExpert: boolean;
}

/** Refuses what several responses do not have. */
export function expectSeveral(who: string, data: Columns, asked: AskedOfSeveral): void {
  const names = responsesOf(data).map(({ name }) => name);
  const { family, structure, zeroExpert, gate } = asked;
  const refuse = (rule: string, received: unknown = names) =>
    new MoeError(who, `several responses ${rule}`, received);
  if (family.isLeastSquares !== true) throw refuse('are Gaussian, with a covariance', family.kind);
  if (structure !== undefined)
    throw refuse('have no structure of coefficients that are equal, fixed or absent', structure);
  if (zeroExpert) throw refuse('have no zero expert');
  if (data.offset !== undefined) throw refuse('have no offset: subtract it from each');
  if (selects(asked))
    throw refuse('need a gate that gives every expert a weight, as softmax does', gate.kind);
  if (new Set(names).size < names.length) throw refuse('must have names that differ');
}
