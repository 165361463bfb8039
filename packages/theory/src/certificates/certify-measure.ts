import { type CompetitiveForm, MoeError, stream } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { type Allowance, Spent } from '../decide/allowance.ts';
import { competitiveFamily } from '../families/competitive.ts';
import type { CurvedFamily } from '../families/curved-family.ts';
import { atomsOf, hasMass } from '../mixture/atom.ts';
import { lastLevel, type SoftmaxTree } from '../mixture/covered-form.ts';
import { certified, drawn } from '../second-order/criterion.ts';
import { encloseInBalls } from '../second-order/enclosed.ts';
import { hierarchicalFamily } from '../second-order/hierarchical-criterion.ts';
import type { CertifiedMeasure } from './certificate.ts';

const BITS = [256, 384, 640];

/** A signed measure on finitely many inputs that proves the second-order criterion under a softmax-like gate or a tree of softmaxes. */
export function certifyMeasure(
  of: MixingMeasure,
  form: CompetitiveForm | SoftmaxTree,
  overSpecified: readonly number[],
  seed: number,
  allowance: Allowance,
): CertifiedMeasure {
  const isTree = form.type === 'hierarchical';
  const family = isTree
    ? hierarchicalFamily(of, form, overSpecified)
    : competitiveFamily(of, form, overSpecified);
  const atoms = atomsOf(of, isTree ? lastLevel(form, of.experts).form : form);
  return {
    blocks: family.blocks.map(({ atom, coordinates }) => ({
      atom,
      coordinates: coordinates.map(({ label }) => label),
    })),
    masses: overSpecified.filter((e) => !hasMass(atoms[e]!)),
    ...measureOf(family, seed, allowance),
  };
}

/** The measure itself: points, weights and what they prove. */
export function measureOf(
  family: CurvedFamily,
  seed: number,
  allowance: Allowance,
): Omit<CertifiedMeasure, 'blocks' | 'masses'> {
  const who = 'certificateToJSON';
  const random = stream(seed, 'certificate', 'second order');
  try {
    for (const [level, bits] of BITS.entries()) {
      const { rows, alive } = encloseInBalls(
        family,
        drawn(family, 2 ** level, random, allowance),
        bits,
        allowance,
      );
      if (rows.length <= family.labels.length) continue;
      const proof = certified(family, { rows, alive }, undefined, bits, allowance);
      if (!proof) continue;
      const { sigmaMin, curvature, weights } = proof;
      return { points: alive, bits, weights: weights.map(String), sigmaMin, curvature };
    }
  } catch (error) {
    if (!(error instanceof Spent)) throw error;
    throw new MoeError(who, `no measure was found within ${allowance.limit}`);
  }
  throw new MoeError(who, `no measure was found with ${BITS.at(-1)} bits`);
}
