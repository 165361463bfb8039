import { type CompetitiveForm, type GateForm, MoeError, type Runs, type SigmoidForm } from '@tfjs-moe/core';
import type { MeasureShape } from '../measure/mixing-measure.ts';
import { gateTraits } from '../reading/traits-of.ts';
import type { Family, LossName } from './loss-names.ts';

/** One softmax over all atoms: plain, with a temperature, or before a selection. */
export interface FlatFamily {
  readonly family: 'softmax' | 'temperature' | 'topK';
  readonly form: CompetitiveForm;
}

/** A sigmoid over all atoms. */
export interface SigmoidFamily {
  readonly family: 'sigmoid';
  readonly form: SigmoidForm;
}

/** A softmax over groups, and one inside each. */
export interface TreeFamily {
  readonly family: 'hierarchical';
  readonly groups: Runs;
  readonly outer: CompetitiveForm;
  readonly inner: CompetitiveForm;
}

/** What a gate is to a loss. */
export type FamilyForm = FlatFamily | SigmoidFamily | TreeFamily;

/** What the gates of two measures are. */
export interface FormPair<F> {
  readonly fitted: F;
  readonly truth: F;
}

/** The loss for each where none is asked for. */
export const lossOf: Readonly<Record<Family, LossName>> = {
  softmax: 'D1',
  temperature: 'D4',
  hierarchical: 'D5',
  sigmoid: 'sigmoidD1',
  topK: 'topKD1',
};

const who = 'voronoiLoss';
const EXPERTS = "loss: 'experts' compares the experts under any gates";

/** Whether there is a loss that compares the gates of such measures, and not the experts alone. */
export function isCompared(of: Pick<MeasureShape, 'gate' | 'experts'>): boolean {
  const { form } = gateTraits(of.gate, of.experts);
  if (form === undefined) return false;
  try {
    familyOf(of);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a measure's gate is to a loss, by its form.
 * @throws MoeError if it has none, or one that no loss is for
 */
export function familyOf({ gate, experts }: Pick<MeasureShape, 'gate' | 'experts'>): FamilyForm {
  const { form } = gateTraits(gate, experts);
  if (form === undefined) {
    throw new MoeError(
      who,
      `the gate must have a form, declared in its traits or found in its formula; ${EXPERTS}`,
      gate.kind,
    );
  }
  if (form.type === 'hierarchical') return hierarchical(form);
  if (form.type === 'sigmoid') {
    if (form.selection === undefined) return { family: 'sigmoid', form };
    throw new MoeError(
      who,
      `what selects must weigh by a softmax without a temperature; ${EXPERTS}`,
      'sigmoid',
    );
  }
  if (form.selection === undefined)
    return { family: form.temperature === undefined ? 'softmax' : 'temperature', form };
  if (form.temperature === undefined) return { family: 'topK', form };
  throw new MoeError(
    who,
    `what selects must weigh by a softmax without a temperature; ${EXPERTS}`,
    'temperature',
  );
}

function hierarchical({ groups, outer, inner }: Extract<GateForm, { type: 'hierarchical' }>): FamilyForm {
  const isPlain = (level: GateForm): level is CompetitiveForm =>
    level.type === 'competitive' && level.selection === undefined && level.temperature === undefined;
  if (isPlain(outer) && isPlain(inner)) return { family: 'hierarchical', groups, outer, inner };
  throw new MoeError(
    who,
    `both levels of a hierarchical gate must be a softmax; ${EXPERTS}`,
    isPlain(outer) ? wordFor(inner) : wordFor(outer),
  );
}

function wordFor(form: GateForm): string {
  if (form.type !== 'competitive') return form.type;
  return form.selection === undefined ? 'temperature' : 'selection';
}
