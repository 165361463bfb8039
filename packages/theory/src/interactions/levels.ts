import { type Gate, type GateForm, MoeError, type ScoredForm } from '@tfjs-moe/core';
import { gateTraits, readGate, servable } from '@tfjs-moe/measures';
import { isLearned } from '../mixture/covered-form.ts';
import { namedRouter } from '../mixture/named-router.ts';

/** One factor of an atom's weight: the exponential or the sigmoid of a score. */
export interface Level {
  readonly weight: 'exponential' | 'sigmoid';
  readonly router: ScoredForm['router'];
  /** Whether an optimiser may change the temperature that the score is divided by. */
  readonly hasTemperature: boolean;
  /** Whether a bias acts otherwise than by a factor, as it does inside a sigmoid. */
  readonly hasBias: boolean;
}

/**
 * The factors of an atom's weight, up to what all atoms share: one for a gate, and one for every level of a tree, the
 * outermost first. Nothing for gates whose weights are made of other functions, or of several routers side by side.
 */
export function levelsOf(gate: Gate): Level[] | undefined {
  const experts = servable(gate);
  const { form } = gateTraits(gate, experts);
  if (form !== undefined) return leavesOf(form).map((leaf) => levelOf(gate, leaf));
  const logits = readGate(gate, experts)?.logits;
  return logits && [levelOf(gate, { ...logits, type: 'competitive' })];
}

/** The same, with an error for gates that have none. */
export function expectLevels(gate: Gate): Level[] {
  const levels = levelsOf(gate);
  if (levels !== undefined) return levels;
  throw new MoeError(
    'interactions',
    'weights must be shares of exponentials or sigmoids of the scores of one router for each level',
    gate.kind,
  );
}

type Leaf = Exclude<GateForm, { readonly type: 'hierarchical' }>;

function leavesOf(form: GateForm): Leaf[] {
  return form.type === 'hierarchical' ? [...leavesOf(form.outer), ...leavesOf(form.inner)] : [form];
}

function levelOf(gate: Gate, leaf: Leaf): Level {
  const isSigmoid = leaf.type === 'sigmoid';
  return {
    weight: isSigmoid ? 'sigmoid' : 'exponential',
    router: namedRouter(leaf.router),
    hasTemperature: !isSigmoid && isLearned(gate, leaf),
    hasBias: isSigmoid && leaf.bias !== undefined,
  };
}
