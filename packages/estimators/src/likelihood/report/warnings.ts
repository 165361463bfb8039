import type { ScaleGauge } from '@tfjs-moe/measures';
import type { Climb } from '../climb/ascent.ts';
import type { Degeneracy } from '../climb/degeneracy.ts';
import type { Assignments } from '../passes/value-pass.ts';
import type { Layout } from '../problem/layout.ts';
import type { Selection } from '../problem/selection.ts';
import type { Covariance } from './covariance.ts';
import type { FitWarning } from './fit.ts';

export interface Findings {
  readonly layout: Layout;
  readonly selection: Selection | undefined;
  readonly best: Climb;
  readonly degeneracy: Degeneracy | undefined;
  readonly covariance: Covariance;
  /** Whether the likelihood is higher along a direction that seems to rise. */
  readonly rising: boolean;
  readonly assignments: Assignments;
  readonly n: number;
  readonly degreesOfFreedom: number;
  /** Of the numbers of the layout. */
  readonly labels: readonly string[];
  readonly aliased: readonly number[];
  readonly response: 'gaussian' | 'multinomial';
  readonly logLikelihood: number;
}

/** Weights this close to 0 and 1 everywhere are a hard partition. */
const HARD = 1e-4;

/**
 * What a reader of a fit has to know before believing its numbers, each with the name of the reason.
 */
export function warningsOf(findings: Findings): FitWarning[] {
  const { best, degeneracy, rising, aliased, labels, n, degreesOfFreedom } = findings;
  const found: FitWarning[] = [];
  const add = (reason: FitWarning['reason'], text: string) => found.push({ reason, text });
  if (best.ending === 'iterations') {
    add('not converged', `the climb took all its ${best.history.length - 1} iterations; raise maxIterations`);
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
      'an expert fits its rows exactly and its variance is the smallest allowed: the likelihood is unbounded there. Take fewer experts, variances: "common", or, where it is an outlier that makes the variance of the response large, a smaller minVariance',
    );
  }
  if (degeneracy === 'empty expert') {
    add('empty expert', 'an expert has fewer rows than parameters: take fewer experts');
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
  if (rising) add('not a maximum', 'the likelihood rises in some direction to second order: a saddle');
  return [...found, ...unidentified(findings)];
}

/** Why the information is singular, as far as it is known. */
function unidentified(findings: Findings): FitWarning[] {
  const { layout, selection, covariance, assignments, labels, response, logLikelihood } = findings;
  const { scales } = layout.gauge;
  const found: FitWarning[] = [];
  if (scales.length > 0) {
    found.push({
      reason: 'scale of the temperature',
      text:
        `the weights do not change when ${scales.map(({ scores, temperature }) => [...scores.map(({ name }) => name), temperature].join(', ')).join('; ')} ` +
        'are multiplied by one factor: they have no standard errors. Take learned: false, or a router that is not homogeneous',
    });
  }
  if (!layout.gauge.isKnown) {
    found.push({
      reason: 'gauge unknown',
      text:
        'what the gate does not see of its parameters is neither declared nor found: its degrees of freedom are the rank ' +
        'of the information. Give the gate a form or a gauge in its traits',
    });
  }
  const rest = covariance.flat.filter((direction) => !isScale(direction, layout, scales));
  if (rest.length === 0) return found;
  const names = [
    ...new Set(
      rest.flatMap((direction) =>
        [...direction].flatMap((value, i) => (Math.abs(value) > 1e-6 ? [labels[i]!] : [])),
      ),
    ),
  ];
  const isGateAlone = rest.every((direction) =>
    direction.every((value, i) => i < layout.firstExpert || Math.abs(value) <= 1e-6),
  );
  if (isGateAlone && selection !== undefined) {
    found.push({
      reason: 'selection',
      text: `the likelihood jumps where a row changes its experts, so that it has no derivative in ${names.join(', ')}: they are the best that was found and have no standard errors; the other standard errors hold given the division of the rows`,
    });
    return found;
  }
  if (isGateAlone && assignments.softest < HARD) {
    found.push({
      reason: 'separated gate',
      text: `the gate divides the rows without error, so that its likelihood rises to infinity with its parameters: ${names.join(', ')} are where the climb stopped and have no standard errors`,
    });
    return found;
  }
  const isClasses = rest.every((direction) =>
    direction.every((value, i) => i >= layout.firstExpert || Math.abs(value) <= 1e-6),
  );
  if (response === 'multinomial' && (logLikelihood > -1e-3 || isClasses)) {
    found.push({
      reason: 'separated classes',
      text: `an expert tells classes apart without error, so that the likelihood rises as parameters go to infinity: ${names.join(', ')} are where the climb stopped and have no standard errors`,
    });
    return found;
  }
  found.push({
    reason: 'singular information',
    text: `the data do not determine ${names.join(', ')}: they have no standard errors`,
  });
  return found;
}

/** Whether a flat direction stays inside the parameters of a scale. */
function isScale(direction: Float64Array, { entries }: Layout, scales: readonly ScaleGauge[]): boolean {
  return scales.some(({ scores, temperature }) =>
    direction.every(
      (value, i) =>
        Math.abs(value) <= 1e-6 ||
        entries[i]!.name === temperature ||
        scores.some(({ name }) => name === entries[i]!.name),
    ),
  );
}
