/**
 * What can be identified of a mixture of experts: separate answers to separate questions, each with its certificate.
 *
 * First order: whether the Jacobian of the mixture, gauge removed, is independent: the parametric rate of atoms that are
 * fitted exactly. Literal: whether the set printed in the definition is independent, Definition 2 under a temperature
 * gate and Definition 1 under others. The literal sets of most pairs are dependent for harmless reasons: read the
 * relations and their kinds.
 */
import {
  type Expert,
  expectInteger,
  expectKnownOptions,
  expectPositive,
  type Gate,
  type MixingMeasure,
  MoeError,
  mixingMeasure,
  type Numbers,
} from '@tfjs-moe/core';
import { decide } from '../decide/decide.ts';
import type { DecideOptions } from '../decide/examine.ts';
import { askSecondOrder } from '../second-order/ask-second-order.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import { algebraicFamily } from './algebraic.ts';
import type { Identifiability } from './identifiability-verdicts.ts';
import { jacobianFamily } from './jacobian.ts';
import { drawnMeasure, expectDistinctAtoms } from './parameters.ts';
import { strongFamily } from './strong.ts';

export interface IdentifiabilityOptions extends DecideOptions {
  readonly gate: Gate;
  readonly expert: Expert;
  readonly inputDim: number;
  /** Number of experts. */
  readonly atoms: number;
  /** Parameters to ask at, both or neither. Default: drawn at random from `seed`. */
  readonly gateParams?: Numbers;
  readonly expertParams?: Numbers;
  /** Atoms that are fitted by several, from 0; the others are fitted exactly. Default `[0]`. */
  readonly overSpecified?: readonly number[];
}

const known = [
  'gate',
  'expert',
  'inputDim',
  'atoms',
  'gateParams',
  'expertParams',
  'overSpecified',
  'budget',
  'bits',
  'spread',
  'seed',
];

export function identifiability(options: IdentifiabilityOptions): Identifiability {
  const who = 'identifiability';
  expectKnownOptions(who, options, known);
  const { gate, expert, inputDim, gateParams, expertParams } = options;
  const { budget = 10_000, bits = [192, 320, 640], spread = 1, seed = 0 } = options;
  if (gate?.role !== 'gate') throw new MoeError(who, 'gate must be a gate', gate);
  if (expert?.role !== 'expert') throw new MoeError(who, 'expert must be an expert', expert);
  expectInteger(who, 'inputDim', inputDim, { min: 1 });
  const experts = expectInteger(who, 'atoms', options.atoms, { min: 1 });
  if ((gateParams === undefined) !== (expertParams === undefined)) {
    throw new MoeError(who, 'gateParams and expertParams must be given together');
  }
  const shape = { gate, expert, inputDim, experts };
  const of: MixingMeasure =
    gateParams && expertParams
      ? mixingMeasure({ ...shape, gateParams, expertParams })
      : drawnMeasure(shape, seed);
  expectDistinctAtoms(of);
  const overSpecified = expectAtoms(options.overSpecified ?? [0], experts);
  const end = Date.now() + expectPositive(who, 'budget', budget);
  const rest = { bits, spread, seed };
  /** Decides within a part of the time that is left. */
  const within = (part: number, family: LabelledFamily) =>
    decide(family, { ...rest, budget: Math.max(1, part * (end - Date.now())) });
  const firstOrder = within(0.4, jacobianFamily(of));
  const secondOrder = askSecondOrder(of, overSpecified, firstOrder, {
    ...rest,
    deadline: Date.now() + Math.max(1, 0.6 * (end - Date.now())),
  });
  const isAlgebraic = gate.kind === 'temperature';
  const literal = within(1, isAlgebraic ? algebraicFamily(of) : strongFamily(of));
  return {
    firstOrder: { ...firstOrder, notes: [] },
    secondOrder,
    literal: { ...literal, definition: isAlgebraic ? 'algebraic independence' : 'strong identifiability' },
    parameters: { gateParams: of.gateParams, expertParams: of.expertParams },
  };
}

function expectAtoms(atoms: readonly number[], experts: number): readonly number[] {
  const who = 'identifiability';
  if (!Array.isArray(atoms)) throw new MoeError(who, 'overSpecified must be a list of atoms', atoms);
  const sorted = atoms
    .map((atom) => expectInteger(who, 'overSpecified', atom, { min: 0, max: experts - 1 }))
    .sort((a, b) => a - b);
  if (sorted.length > 0 && new Set(sorted).size === sorted.length) return sorted;
  throw new MoeError(who, 'overSpecified must name at least one atom, and none twice', atoms);
}
