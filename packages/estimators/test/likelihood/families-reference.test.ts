/** Samples of every family with independent maxima: `fixtures/families`. */
import { readFileSync } from 'node:fs';
import { readTable, sampleOfFormula } from '@tfjs-moe/datasets';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import { fitMaximumLikelihood, standardErrors, withReference } from '../../src/index.ts';

const folder = new URL('../fixtures/families/', import.meta.url);

interface ReferenceExpert {
  readonly intercept: number;
  readonly x: number;
  readonly dispersion?: number;
  readonly se: { readonly intercept: number; readonly x: number; readonly dispersion?: number };
}
interface Reference {
  readonly family: string;
  readonly experts: number;
  readonly fit: {
    readonly logLikelihood: number;
    readonly degreesOfFreedom: number;
    readonly experts: readonly ReferenceExpert[];
    readonly gate: readonly {
      readonly intercept: number;
      readonly z: number;
      readonly se: { readonly intercept: number; readonly z: number };
    }[];
  };
}
const references = JSON.parse(readFileSync(new URL('maximum-likelihood.json', folder), 'utf8')) as Record<
  string,
  Reference
>;

describe('samples with exact maxima', () => {
  test.each(Object.entries(references))(
    '%s: likelihood, estimates and standard errors, by the default starts',
    (name, reference) => {
      const table = readTable(readFileSync(new URL(`${name}.csv`, folder), 'utf8'));
      const has = (column: string) => table.columns.some((each) => each.name === column);
      const { experts, fit } = reference;
      const found = fitMaximumLikelihood({
        gate: softmax(),
        expert: linear(),
        experts,
        family:
          reference.family === 'studentT4' ? { kind: 'studentT', degreesOfFreedom: 4 } : reference.family,
        data: sampleOfFormula(table, `y ~ x${has('offset') ? ' + offset(offset)' : ''} | z`, {
          ...(has('trials') && { trials: 'trials' }),
          ...(has('id') && { groups: 'id' }),
        }),
      });
      expect(found.converged).toBe(true);
      expect(found.degreesOfFreedom).toBe(fit.degreesOfFreedom);
      expect(Math.abs(found.logLikelihood - fit.logLikelihood)).toBeLessThan(1e-9 * found.n);

      const { bias, kernel } = found.measure.expertParams;
      const ours = fit.experts.map((each) => {
        const distances = bias!.map((own, e) => Math.hypot(own - each.intercept, kernel![e]! - each.x));
        return distances.indexOf(Math.min(...distances));
      });
      expect(new Set(ours).size).toBe(experts);
      const contrasts = withReference(found, ours.at(-1)! + 1);
      const errors = standardErrors(contrasts);
      const check = (group: string, parameter: string, value: number, error: number) => {
        const place = contrasts.estimates.findIndex(
          (each) => each.group === group && each.name === parameter,
        );
        const scale = Math.max(1, Math.abs(value));
        expect(Math.abs(contrasts.estimates[place]!.value - value) / scale).toBeLessThan(1e-6);
        expect(Math.abs(errors[place]! / error - 1)).toBeLessThan(1e-5);
      };
      ours.forEach((own, e) => {
        const { intercept, x: slopeOfX, dispersion, se } = fit.experts[e]!;
        check(`expert ${own + 1}`, '(Intercept)', intercept, se.intercept);
        check(`expert ${own + 1}`, 'x', slopeOfX, se.x);
        if (dispersion !== undefined) {
          const noise = contrasts.estimates.find(
            ({ part, group }) => part === 'noise' && group === `expert ${own + 1}`,
          );
          check(`expert ${own + 1}`, noise!.name, dispersion, se.dispersion!);
        }
        const row = fit.gate[e];
        if (row === undefined) return;
        check(`gate ${own + 1}`, '(Intercept)', row.intercept, row.se.intercept);
        check(`gate ${own + 1}`, 'z', row.z, row.se.z);
      });
    },
  );
});
