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
  type Gate,
  type MixingMeasure,
  MoeError,
  mixingMeasure,
  type Numbers,
} from '@tfjs-moe/core';
import { decide } from '../decide/decide.ts';
import type { DecideOptions } from '../decide/examine.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { algebraicFamily } from './algebraic.ts';
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
}

export interface Identifiability {
  readonly firstOrder: Verdict;
  readonly literal: Verdict & { readonly definition: 'strong identifiability' | 'algebraic independence' };
  /** Where it was asked. */
  readonly parameters: { readonly gateParams: Numbers; readonly expertParams: Numbers };
}

const known = [
  'gate',
  'expert',
  'inputDim',
  'atoms',
  'gateParams',
  'expertParams',
  'budget',
  'bits',
  'spread',
  'seed',
];

export function identifiability(options: IdentifiabilityOptions): Identifiability {
  const who = 'identifiability';
  expectKnownOptions(who, options, known);
  const { gate, expert, inputDim, gateParams, expertParams, budget = 10_000, ...rest } = options;
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
      : drawnMeasure(shape, options.seed ?? 0);
  expectDistinctAtoms(of);
  const decideOptions: DecideOptions = {
    budget: budget / 2,
    ...(rest.bits && { bits: rest.bits }),
    ...(rest.spread !== undefined && { spread: rest.spread }),
    ...(rest.seed !== undefined && { seed: rest.seed }),
  };
  const isAlgebraic = gate.kind === 'temperature';
  const literal = decide(isAlgebraic ? algebraicFamily(of) : strongFamily(of), decideOptions);
  return {
    firstOrder: decide(jacobianFamily(of), decideOptions),
    literal: { ...literal, definition: isAlgebraic ? 'algebraic independence' : 'strong identifiability' },
    parameters: { gateParams: of.gateParams, expertParams: of.expertParams },
  };
}
