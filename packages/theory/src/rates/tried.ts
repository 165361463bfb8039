import { type Expert, type Gate, MoeError } from '@tfjs-moe/core';
import { gateTraits, type MixingMeasure, routerTraits, servable, withChanged } from '@tfjs-moe/measures';
import { amplitudeSplit } from '../counterexamples/amplitude-split.ts';
import { biasSplit } from '../counterexamples/bias-split.ts';
import { commonTilt } from '../counterexamples/common-tilt.ts';
import type { Counterexample } from '../counterexamples/counterexample.ts';
import { rescaledTemperature } from '../counterexamples/rescaled-temperature.ts';
import { scaleSplit } from '../counterexamples/scale-split.ts';
import { routerName } from '../mixture/covered-form.ts';
import { genericMeasure } from '../mixture/draws.ts';

/** The counterexamples that need no more than one atom besides the true ones, and the one for atoms of which none is fitted exactly. */
export type CounterexampleName =
  | 'amplitudeSplit'
  | 'biasSplit'
  | 'commonTilt'
  | 'scaleSplit'
  | 'rescaledTemperature';

const all: Readonly<Record<CounterexampleName, (truth: MixingMeasure) => Counterexample>> = {
  amplitudeSplit,
  biasSplit,
  commonTilt,
  scaleSplit,
  rescaledTemperature,
};

/** Those that break the promise of a pair with over-fitted atoms, one of which is fitted exactly. */
export const addingAnAtom: readonly CounterexampleName[] = [
  'biasSplit',
  'scaleSplit',
  'amplitudeSplit',
  'rescaledTemperature',
];

/**
 * The first of some counterexamples that holds for a gate with an expert, at a truth that is drawn: each is run, and checks
 * itself. Of a sigmoid gate in regime 1 the gate of the first atom does not depend on the input.
 */
export function firstThatHolds(
  names: readonly CounterexampleName[],
  gate: Gate,
  expert: Expert,
  regime: 1 | 2 = 1,
  experts?: number,
): CounterexampleName | undefined {
  const truth = drawnTruth(gate, expert, regime, experts);
  return truth && names.find((name) => holds(name, truth));
}

/** Whether a counterexample holds at a truth. */
function holds(name: CounterexampleName, truth: MixingMeasure): boolean {
  try {
    all[name](truth);
    return true;
  } catch (error) {
    if (error instanceof MoeError) return false;
    throw error;
  }
}

const INPUTS = 2;
/** Numbers of experts that are tried before the one that a gate is read for. */
const FEW = [4, 3, 2];

/** A truth of a gate with an expert; nothing for a gate that cannot be evaluated at one input, or serves no number. */
export function drawnTruth(
  gate: Gate,
  expert: Expert,
  regime: 1 | 2,
  count?: number,
): MixingMeasure | undefined {
  const experts = count ?? FEW.find((n) => serves(gate, n)) ?? servable(gate);
  let truth: MixingMeasure;
  try {
    truth = genericMeasure({ gate, expert, inputDim: INPUTS, experts }, 0);
  } catch (error) {
    if (error instanceof MoeError) return undefined;
    throw error;
  }
  const { form } = gateTraits(gate, experts);
  if (form?.type !== 'sigmoid' || regime === 2) return truth;
  const { kernel } = routerTraits(form.router).form ?? {};
  return kernel === undefined ? truth : withChanged(truth, 'gate', routerName(form, kernel), 0, () => 0);
}

function serves(gate: Gate, experts: number): boolean {
  try {
    gate.params(INPUTS, experts);
    return gate.expertsPerToken(experts) <= experts;
  } catch {
    return false;
  }
}
