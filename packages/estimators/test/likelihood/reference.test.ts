import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood, standardErrors, withReference } from '../../src/index.ts';
import { referenceFit, referenceNames, referenceSample } from './reference.ts';

describe('the reference fits of softmax-gated Gaussian experts', () => {
  test.each(referenceNames)('%s: likelihood, parameters and standard errors', (name) => {
    const reference = referenceFit(name);
    const data = referenceSample(name);
    const experts = reference.experts.length;
    const found = fitMaximumLikelihood({
      gate: softmax(),
      expert: linear(),
      experts,
      data,
      starts: 3,
    });
    expect(found.converged).toBe(true);
    expect(found.warnings).toEqual([]);
    expect(found.gradientNorm).toBeLessThan(1e-8);
    expect(Math.abs(found.logLikelihood - reference.loglik)).toBeLessThan(1e-6 * Math.sqrt(found.n));

    // Which of ours each of theirs is: the nearest line.
    const { bias, kernel } = found.measure.expertParams;
    const ours = reference.experts.map(([a, b]) => {
      const distances = bias!.map((c, e) => Math.hypot(c - a, kernel![e]! - b));
      return distances.indexOf(Math.min(...distances));
    });
    expect(new Set(ours).size).toBe(experts);
    const fit = withReference(found, ours.at(-1)! + 1);
    const errors = standardErrors(fit);
    const check = (group: string, name: string, value: number, error: number) => {
      const place = fit.estimates.findIndex((each) => each.group === group && each.name === name);
      expect(fit.estimates[place]!.value / value).toBeCloseTo(1, 6);
      expect(errors[place]! / error).toBeCloseTo(1, 5);
    };
    ours.forEach((own, e) => {
      const group = `expert ${own + 1}`;
      check(group, '(Intercept)', reference.experts[e]![0], reference.se_experts[e]![0]);
      check(group, 'x1', reference.experts[e]![1], reference.se_experts[e]![1]);
      check(group, 'sigma', reference.sigma[e]!, reference.se_sigma[e]!);
      if (e === experts - 1) return;
      check(`gate ${own + 1}`, '(Intercept)', reference.gate[e]![0], reference.se_gate[e]![0]);
      check(`gate ${own + 1}`, 'x1', reference.gate[e]![1], reference.se_gate[e]![1]);
    });
  });
});
