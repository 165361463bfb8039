import { MoeError, type ParameterCopy, paramSize } from '@tfjs-moe/core';
import { fixedCopies, gateGauge, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import type { Ring } from '@tfjs-moe/numerics';
import type { Allowance } from '../decide/allowance.ts';
import { examineWithin, type Precision } from '../decide/examine.ts';
import { jacobianFamily } from '../families/jacobian.ts';
import { genericMeasure } from '../mixture/draws.ts';
import { leftOut } from '../mixture/left-out.ts';
import type { LabelledFamily } from '../verdict/labelled-family.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** What is taken away of a gate before its Jacobian is asked about. */
export interface Gauge {
  /** Copies of parameters that are fixed. */
  readonly fixed: readonly ParameterCopy[];
  /** Whether the gate says it, by its form or itself; if not, there may be more. */
  readonly isKnown: boolean;
}

/** Other parameters at which a relation must hold to be called a gauge. */
const DRAWS = 2;

/**
 * The gauge of a mixture's gate. Where neither a form nor a declaration says it, it is looked for: a parameter whose
 * derivatives sum to zero over all atoms, or over those of each of some equal groups, at the parameters that are asked
 * about and at others that are drawn.
 */
export function gaugeOf(of: MixingMeasure, options: Required<Precision>, allowance: Allowance): Gauge {
  const fixed = fixedCopies(of.gate, of.inputDim, of.experts);
  if (gateGauge(of.gate, of.inputDim, of.experts).isKnown) return { fixed, isKnown: true };
  const others = Array.from({ length: DRAWS }, (_, i) => genericMeasure(of, options.seed + i + 1));
  const open = openParameters(of).filter((name) => fixed.every((copy) => copy.name !== name));
  const share = allowance.left / Math.max(1, open.length);
  const found = open.flatMap((name) => summingToZero([of, ...others], name, options, allowance.upTo(share)));
  return { fixed: [...fixed, ...found], isKnown: false };
}

/** How the note begins that a gauge was looked for and found. */
export const GAUGE_FOUND = 'gauge found, not declared';

/** What a reader is told of a gauge that the gate does not say. */
export function gaugeNotes({ fixed, isKnown }: Gauge): string[] {
  if (isKnown || fixed.length === 0) return [];
  const names = [...new Set(fixed.map(({ name }) => name))];
  return [`${GAUGE_FOUND}: all copies of ${names.join(', and all of ')} may move together`];
}

/**
 * A verdict whose relations may be nothing but a gauge that the gate does not say: they tie parameters of the gate alone,
 * and those of all atoms. Nothing follows from them then.
 */
export function unlessGauge(verdict: Verdict, of: MixingMeasure, { isKnown }: Gauge): Verdict {
  if (isKnown || verdict.verdict !== 'dependent') return verdict;
  const isDoubtful = verdict.relations.every(({ left, terms }) =>
    mayBeGauge(
      [left, ...terms.map(({ label }) => label)].map(({ text }) => text),
      of,
    ),
  );
  if (!isDoubtful) return verdict;
  const { text } = verdict.relations[0]!;
  return {
    verdict: 'inconclusive',
    bits: 'bits' in verdict.rest ? verdict.rest.bits : 0,
    raise: `nothing: whether ${text} is a gauge of the gate ${of.gate.kind} is for its author to say; declare traits.form or traits.gauge`,
  };
}

/** Whether functions such as `d_gate/bias[0]#2 f` are those of all copies of some parameters of the gate. */
function mayBeGauge(functions: readonly string[], of: MixingMeasure): boolean {
  const specs = measureSpecs(of).gate;
  const copies = new Map<string, Set<string>>();
  for (const text of functions) {
    const [, name, copy] = /^d_gate\/(.*)\[.*\]#(\d+) f$/.exec(text) ?? [];
    if (name === undefined || copy === undefined) return false;
    copies.set(name, (copies.get(name) ?? new Set()).add(copy));
  }
  return [...copies].every(([name, own]) => own.size === specs[name]?.copies);
}

function openParameters(of: MixingMeasure): string[] {
  const without = leftOut(of);
  return Object.entries(measureSpecs(of).gate)
    .filter(([name, { copies, trainable }]) => copies > 1 && trainable !== false && !without.includes(name))
    .map(([name]) => name);
}

/** The last copies of the finest runs over each of which the derivatives of a parameter sum to zero at all measures. */
function summingToZero(
  measures: readonly MixingMeasure[],
  name: string,
  options: Precision,
  allowance: Allowance,
): ParameterCopy[] {
  const [{ experts }] = measures as readonly [MixingMeasure];
  const { copies } = measureSpecs(measures[0]!).gate[name]!;
  const cuts = Array.from({ length: copies - 1 }, (_, i) => copies - 1 - i).filter((n) => copies % n === 0);
  const share = allowance.left / (cuts.length * measures.length);
  const runs = cuts.find((runs) =>
    measures.every((measure) => isZero(sumsOver(measure, name, runs), options, allowance.upTo(share))),
  );
  if (runs === undefined || experts < 2) return [];
  return Array.from({ length: runs }, (_, run) => ({ name, copy: ((run + 1) * copies) / runs - 1 }));
}

/** Per run and entry, the sum of the derivatives in that entry of the run's copies. */
function sumsOver(of: MixingMeasure, name: string, runs: number): LabelledFamily {
  const { inputDim, labels, evaluate } = jacobianFamily(of, []);
  const spec = measureSpecs(of).gate[name]!;
  const [size, members] = [paramSize(spec), spec.copies / runs];
  const first = labels.findIndex(({ text }) => text.startsWith(`d_gate/${name}[`));
  if (first < 0) throw new MoeError('identifiability', `the Jacobian has no derivatives in "${name}"`);
  const places = Array.from({ length: runs * size }, (_, place) => {
    const [run, entry] = [Math.floor(place / size), place % size];
    return Array.from({ length: members }, (_, m) => first + (run * members + m) * size + entry);
  });
  return {
    inputDim,
    labels: places.map(([i]) => labels[i!]!),
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const values = evaluate(ring, x);
      return places.map((own) => own.map((i): S => values[i]!).reduce(ring.add));
    },
  };
}

/** Whether every function of a family is known to be zero. */
function isZero(family: LabelledFamily, options: Precision, allowance: Allowance): boolean {
  const { relations } = examineWithin('identifiability', family, options, allowance);
  return (
    relations.length === family.labels.length &&
    relations.every(({ coefficients }) => coefficients.size === 0)
  );
}
