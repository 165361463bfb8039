/**
 * A least-squares fit as text.
 */
import type { LeastSquaresResult } from './fit-result.ts';

export function leastSquaresText(result: LeastSquaresResult): string {
  const { measure, response, inputs, n, experts, effectiveExperts, shares } = result;
  const end = result.converged ? 'converged' : `NOT CONVERGED (${result.ending})`;
  return [
    `Mixture of ${experts} ${measure.expert.kind} experts, ${measure.gate.kind} gate, least squares`,
    `${response} of ${inputs.join(', ')}; n = ${n}; ${end} after ${result.iterations} iterations`,
    '',
    ...shares.map((share, e) => `expert ${e + 1}  share ${share.toFixed(3)}`),
    ...(effectiveExperts < experts ? [`${effectiveExperts} of them differ`] : []),
    ...numbers('gate', measure.gateParams),
    ...numbers('experts', measure.expertParams),
    '',
    `Residual standard deviation: ${result.sigma.toPrecision(6)}`,
    `Residual sum of squares: ${result.residualSumOfSquares.toPrecision(8)}`,
    ...(result.atBounds.length > 0
      ? ['', `At an end of the parameter space: ${result.atBounds.join(', ')}`]
      : []),
  ].join('\n');
}

/** One line per parameter, all experts in order. */
function numbers(part: string, of: Readonly<Record<string, readonly number[]>>): string[] {
  const width = Math.max(...Object.keys(of).map((name) => name.length));
  return [
    '',
    part,
    ...Object.entries(of).map(
      ([name, values]) => `${name.padEnd(width)}  ${values.map((value) => value.toPrecision(7)).join('  ')}`,
    ),
  ];
}
