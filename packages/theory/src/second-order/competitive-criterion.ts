import type { CompetitiveForm } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import type { Allowance } from '../decide/allowance.ts';
import { competitiveFamily } from '../families/competitive.ts';
import type { CurvedFamily } from '../families/curved-family.ts';
import { type Atom, atomsOf } from '../mixture/atom.ts';
import { hasKinks } from '../mixture/kinks.ts';
import { type Candidate, candidates, gaugeDirections, scalesOf } from './candidates.ts';
import { type Answer, type CriterionOptions, criterion } from './criterion.ts';
import { livesOnTwoHalfLines, onTwoHalfLines } from './half-lines.ts';
import { isEulerDirection } from './moved-kinks.ts';
import { ownFamily, proveDirection, wholeFamily } from './null-direction.ts';
import { nullMatrix } from './null-matrix.ts';
import type { NullDirection } from './second-order-verdict.ts';

/**
 * The criterion under a softmax-like gate.
 */
export function competitiveCriterion(
  of: MixingMeasure,
  form: CompetitiveForm,
  overSpecified: readonly number[],
  options: CriterionOptions,
): Answer {
  const family = competitiveFamily(of, form, overSpecified);
  const isTilted = overSpecified.length === of.experts;
  if (livesOnTwoHalfLines(of) && !isTilted) {
    const direction = onTwoHalfLines(family.blocks);
    if (direction) return { verdict: 'dependent', direction };
  }
  const directions = [
    ...(isTilted ? gaugeDirections(form, family.blocks, family.blocks) : []),
    ...candidates(family.blocks, scalesOf(of)),
  ];
  const prove = (direction: Candidate) =>
    proveCompetitive(of, family, atomsOf(of, form), direction, options.allowance);
  const ofRank = () => ofAnyRank(family, atomsOf(of, form), options.allowance);
  return criterion(family, directions, prove, options, ofRank);
}

/** A null element whose matrix is no single direction, of some over-fitted atom alone. */
export function ofAnyRank(
  { blocks, inputDim }: CurvedFamily,
  atoms: readonly Atom[],
  allowance: Allowance,
): NullDirection | undefined {
  for (const block of blocks) {
    const atom = atoms.find(({ index }) => index === block.atom)!;
    const found = nullMatrix(atom, block, inputDim, allowance.upTo(allowance.left / 4));
    if (found) return found;
  }
  return undefined;
}

/** The proof for one atom alone, and if there is none, for the whole mixture. */
export function proveCompetitive(
  of: MixingMeasure,
  family: CurvedFamily,
  atoms: readonly Atom[],
  direction: Candidate,
  allowance: Allowance,
): NullDirection | undefined {
  const half = () => allowance.upTo(allowance.left / 2);
  const moving = family.blocks.filter((_, b) => direction.vectors[b] !== undefined);
  const [block] = moving;
  if (moving.length === 1 && block) {
    const atom = atoms.find(({ index }) => index === block.atom)!;
    const own = ownFamily(atom, block, family.inputDim, direction);
    const vector = direction.vectors.find((u) => u !== undefined)!;
    const end = half();
    const movesNoKink = () => isEulerDirection(atom, block, vector, family.inputDim, end);
    const proved = proveDirection(own, direction, family.blocks, end, hasKinks(of) ? movesNoKink : undefined);
    if (proved) return proved;
  }
  return proveDirection(wholeFamily(family, direction), direction, family.blocks, half());
}
