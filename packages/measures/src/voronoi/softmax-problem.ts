import type { AlignmentProblem } from './alignment.ts';
import type { SoftmaxAtoms } from './atoms.ts';
import type { LossTerms } from './loss-names.ts';
import { type Pair, pairOf, type Term } from './pairs.ts';

/** What is minimised over. */
export interface GaugeChoice {
  readonly gauge: 'minimise' | 'shifts' | 'fixed';
  readonly masses: 'free' | 'equalTotal';
}

export interface SoftmaxPairOptions extends GaugeChoice {
  readonly terms: Pick<LossTerms, 'gate' | 'temperature'>;
  /** How many of the largest terms count. */
  readonly counted: number;
  /** What a pair of atoms differs by besides the gate. */
  readonly others?: (fitted: number, truth: number) => readonly Term[];
  /** What a pair costs besides. */
  readonly extra?: (fitted: number, truth: number) => number;
}

/**
 * The alignment of one fitted softmax with a true one: the terms of every pair of atoms as functions of what the gauge
 * leaves free, $\beta_{1i} \mapsto c\,\beta_{1i} + t$ and $\tau \mapsto c\,\tau$, and where a search should begin.
 */
export function softmaxProblem(
  fitted: SoftmaxAtoms,
  truth: SoftmaxAtoms,
  options: SoftmaxPairOptions,
): AlignmentProblem {
  const { gauge, masses, terms, counted, others, extra } = options;
  const isFree = gauge !== 'fixed';
  const shifts = isFree ? fitted.shifted[0]!.length : 0;
  const hasScale = gauge === 'minimise' && fitted.hasScale && truth.hasScale;
  const dim = shifts + (hasScale ? 1 : 0);

  function gateTerm(i: number, j: number): Term {
    const rows: { value: number; reference: number; shift?: number; scaled: boolean }[] = [];
    const add = (key: 'shifted' | 'scaled' | 'fixed', scaled: boolean) => {
      fitted[key][i]!.forEach((value, d) => {
        const reference = truth[key][j]![d]!;
        rows.push({ value, reference, scaled, ...(key === 'shifted' && shifts > 0 && { shift: d }) });
      });
    };
    add('shifted', hasScale);
    add('scaled', hasScale);
    add('fixed', false);
    return affineTerm(rows, dim, terms.gate);
  }

  const tau = fitted.temperature;
  const pairs = fitted.logMasses.map((_, i) =>
    truth.logMasses.map((__, j): Pair => {
      const own = [gateTerm(i, j), ...(others?.(i, j) ?? [])];
      if (terms.temperature !== undefined && tau !== undefined) {
        const reference = truth.temperature!;
        own.push(affineTerm([{ value: tau, reference, scaled: hasScale }], dim, terms.temperature));
      }
      return pairOf(own, extra?.(i, j));
    }),
  );
  const factor = isFree && fitted.hasBias ? masses : 'fixed';
  // Equal masses stay equal, to the last bit.
  const logScale = factor === 'fixed' ? 0 : Math.max(...fitted.logMasses) - Math.max(...truth.logMasses);
  return {
    masses: fitted.logMasses.map((value) => Math.exp(value - logScale)),
    logScale,
    trueMasses: truth.logMasses.map(Math.exp),
    pairs,
    counted,
    factor: factor === 'fixed' ? 'one' : factor,
    starts: dim === 0 ? [[]] : startsOf(fitted, truth, shifts, hasScale),
    endsInScale: hasScale,
  };
}

/** The term with one row per number: value - reference, shifted and scaled where the gauge does so. */
function affineTerm(
  rows: readonly { value: number; reference: number; shift?: number; scaled: boolean }[],
  dim: number,
  exponent: Term['exponent'],
): Term {
  const residual = rows.map(({ value, reference, scaled }) => (scaled ? -reference : value - reference));
  if (!rows.some(({ shift, scaled }) => shift !== undefined || scaled)) return { residual, exponent };
  const jacobian = rows.map(({ value, shift, scaled }) =>
    Array.from({ length: dim }, (_, p) => {
      if (p === shift) return 1;
      return scaled && p === dim - 1 ? value : 0;
    }),
  );
  return { residual, jacobian, exponent };
}

/** None, and those that bring a fitted atom onto a true one, at some scales. */
function startsOf(fitted: SoftmaxAtoms, truth: SoftmaxAtoms, shifts: number, hasScale: boolean): number[][] {
  return (hasScale ? [1, ...scalesOf(fitted, truth)] : [1]).flatMap((scale) => {
    const ending = hasScale ? [scale] : [];
    if (shifts === 0) return [ending];
    const aligned = fitted.shifted.flatMap((from) =>
      truth.shifted.map((to) => [...to.map((value, d) => value - scale * from[d]!), ...ending]),
    );
    return [[...new Array<number>(shifts).fill(0), ...ending], ...aligned];
  });
}

/** The scales that make the temperatures equal, or how far the atoms are from each other. */
function scalesOf(fitted: SoftmaxAtoms, truth: SoftmaxAtoms): number[] {
  const spread = ({ shifted, scaled }: SoftmaxAtoms) => {
    const own = shifted.map((numbers, i) => [...numbers, ...scaled[i]!]);
    const squares = own.flatMap((a) =>
      own.map((b) => a.reduce((sum, value, d) => sum + (value - b[d]!) ** 2, 0)),
    );
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  };
  const scales = [truth.temperature! / fitted.temperature!, spread(truth) / spread(fitted)];
  return scales.filter((scale) => scale > 0 && scale < Infinity);
}
