import type { Family, ScaleGauge } from '@tfjs-moe/measures';
import type { Climb } from '../climb/ascent.ts';
import type { Degeneracy } from '../climb/degeneracy.ts';
import type { Layout } from '../problem/layout.ts';
import type { Selection } from '../problem/selection.ts';
import type { Covariance, FlatDirection } from './covariance.ts';
import type { FitWarning } from './fit.ts';
import type { Separation } from './separation.ts';

export interface Findings {
  readonly layout: Layout;
  readonly selection: Selection | undefined;
  readonly best: Climb;
  readonly degeneracy: Degeneracy | undefined;
  readonly covariance: Covariance;
  /** Whether the likelihood is higher along a direction that seems to rise. */
  readonly rising: boolean;
  /** What the flat directions of the gate say, where there are some. */
  readonly separation: Separation | undefined;
  readonly n: number;
  readonly degreesOfFreedom: number;
  /** Of the numbers of the layout. */
  readonly labels: readonly string[];
  readonly aliased: readonly number[];
  /** Inputs that depend on others, of which nothing was left out. */
  readonly dependent: readonly string[];
  readonly family: Family;
  readonly logLikelihood: number;
}

/**
 * What a reader of a fit has to know before believing its numbers, each with the name of the reason.
 */
export function warningsOf(findings: Findings): FitWarning[] {
  const { best, degeneracy, rising, aliased, dependent, labels, n, degreesOfFreedom } = findings;
  const found: FitWarning[] = [];
  const add = (reason: FitWarning['reason'], text: string, remedy?: string) =>
    found.push({ reason, text, ...(remedy !== undefined && { remedy }) });
  if (best.ending === 'iterations') {
    const text = `the climb took all its ${best.history.length - 1} iterations`;
    add('not converged', text, 'Raise maxIterations');
  }
  if (best.ending === 'stalled') {
    add(
      'not converged',
      `no step raises the likelihood although the gradient has not vanished (${best.gradientNorm.toExponential(1)} standard errors): a kink or a jump, as a selection or relu has, or the edge of a constraint`,
    );
  }
  if (degeneracy === 'vanishing variance') {
    add(
      'vanishing variance',
      'an expert fits its rows exactly and its variance is the smallest allowed: the likelihood is unbounded there',
      'Take fewer experts, variances: "common", or, where it is an outlier that makes the variance of the response large, a smaller minVariance',
    );
  }
  if (degeneracy === 'empty expert') {
    add('empty expert', 'an expert has fewer rows than parameters', 'Take fewer experts');
  }
  if (n <= degreesOfFreedom) {
    add('few rows', `${n} rows cannot determine ${degreesOfFreedom} numbers`);
  }
  if (aliased.length > 0) {
    add(
      'collinear inputs',
      `left out, because they depend on the columns before them: ${aliased.map((number) => labels[number]).join(', ')}`,
    );
  }
  if (dependent.length > 0) {
    add(
      'collinear inputs',
      `inputs that depend on those before them: ${dependent.join(', ')}; what cannot be told apart for that is no degree of freedom`,
    );
  }
  // What follows is of a maximum, which there is none of where the likelihood is unbounded.
  if (degeneracy === 'vanishing variance') return found;
  if (rising) add('not a maximum', 'the likelihood rises in some direction to second order: a saddle');
  return [...found, ...unidentified(findings)];
}

/** Why the information is singular, as far as it is known. */
function unidentified(findings: Findings): FitWarning[] {
  const { layout, selection, covariance, separation, labels, family, logLikelihood } = findings;
  const { scales } = layout.gauge;
  const found: FitWarning[] = [];
  if (scales.length > 0) {
    found.push({
      reason: 'scale of the temperature',
      text:
        `the weights do not change when ${scales.map(({ scores, temperature }) => [...scores.map(({ name }) => name), temperature].join(', ')).join('; ')} ` +
        'are multiplied by one factor: they have no standard errors',
      remedy: 'Take learned: false, or a router that is not homogeneous',
    });
  }
  if (!layout.gauge.isKnown) {
    found.push({
      reason: 'gauge unknown',
      text:
        'what the gate does not see of its parameters is neither declared nor found: its degrees of freedom are the rank ' +
        'of the information',
      remedy: 'Give the gate a form or a gauge in its traits',
    });
  }
  const rest = covariance.flat.filter((flat) => !isScale(flat, layout, scales));
  const isGate = ({ moved }: FlatDirection) => moved.every((i) => i < layout.firstExpert);
  const namesOf = (flats: readonly FlatDirection[]) => {
    const all = [...new Set(flats.flatMap(({ moved }) => moved))].sort((i, j) => i - j);
    // By table, as they are printed.
    const rank = (i: number) =>
      layout.entries[i]!.copy +
      (i < layout.firstExpert ? 0 : layout.shape.experts) +
      (labels[i]!.endsWith('(Intercept)') ? 0 : 0.5);
    return all
      .sort((i, j) => rank(i) - rank(j))
      .map((i) => labels[i]!)
      .join(', ');
  };
  const ofGate = rest.filter(isGate);
  let others = rest.filter((flat) => !isGate(flat));
  if (ofGate.length > 0 && selection !== undefined) {
    found.push({
      reason: 'selection',
      text: `the likelihood jumps where a row changes its experts, so that it has no derivative in ${namesOf(ofGate)}: they are the best that was found and have no standard errors; the other standard errors hold given the division of the rows`,
    });
  } else if (ofGate.length > 0) {
    const isSeparated = separation !== undefined && separation.pairs.length > 0;
    if (isSeparated) found.push(separatedGate(separation, layout.shape.experts));
    if (!isSeparated || separation.hasOther) others = rest;
  }
  if (others.length === 0) return found;
  const isClasses = others.every(({ moved }) => moved.every((i) => i >= layout.firstExpert));
  if (family.link === 'logit' && (logLikelihood > -1e-3 || isClasses)) {
    found.push({
      reason: 'separated classes',
      text: `an expert tells classes apart without error, so that the likelihood rises as parameters go to infinity: ${namesOf(others)} are where the climb stopped and have no standard errors`,
    });
    return found;
  }
  found.push({
    reason: 'singular information',
    text: `the data do not determine ${namesOf(others)}: they have no standard errors`,
  });
  return found;
}

function separatedGate({ pairs, isWhole, determined }: Separation, experts: number): FitWarning {
  const borders = pairs.map(([a, b]) => `gate ${a + 1} against ${b + 1}`);
  const verb = pairs.length === 1 ? 'separates' : 'separate';
  const where = isWhole ? 'the gate divides the rows' : 'there the gate divides rows';
  // Of the last expert, the reference, what is determined is in the tables already.
  const hidden = determined.find(([a, b]) => a < experts - 1 && b < experts - 1);
  return {
    reason: 'separated gate',
    text: `${borders.join(', ')} ${verb}: limit reached; ${where} without error, so that the likelihood rises to infinity with its parameters: those that are not identified are where the climb stopped and have no standard errors`,
    ...(hidden !== undefined && {
      remedy: `withReference(fit, ${hidden[0] + 1}) shows differences of gates that the data do determine`,
    }),
  };
}

/** Whether a flat direction stays inside the parameters of a scale. */
function isScale({ moved }: FlatDirection, { entries }: Layout, scales: readonly ScaleGauge[]): boolean {
  return scales.some(({ scores, temperature }) =>
    moved.every(
      (i) => entries[i]!.name === temperature || scores.some(({ name }) => name === entries[i]!.name),
    ),
  );
}
