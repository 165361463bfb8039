import { assert, assertClose, assertFinite, assertSameJson } from '@tfjs-moe/core/testing';

import { measureFromJSON, measureToJSON, mixingMeasure, predict } from '@tfjs-moe/measures';
import { rowsOf, withInputs, withResponse } from './drawn-sample.ts';
import type { AnyFit, Check } from './estimator.ts';

/** Everything that a fit says, its measure as plain data. */
const plain = (fit: AnyFit) => ({ ...fit, measure: measureToJSON(fit.measure) });

/** Of the rounding errors in a sum over the rows. */
const ROUNDING = 1e-9;

/** What comes back is an estimate, at least as good as where it came from, and plain data. */
export const fitChecks: readonly Check[] = [
  {
    name: 'returns a measure of the model that was asked for',
    run({ fitted, sample, few }) {
      const measure = mixingMeasure(fitted().measure);
      assert(measure.experts === few, `${measure.experts} experts instead of ${few}`);
      assert(measure.inputDim === sample.inputs[0]?.length, `${measure.inputDim} inputs`);
      assertFinite(predict(measure, sample.inputs), 'predictions');
    },
  },
  {
    name: 'says of its objective what its estimate has',
    run({ fit, fitted, sample, under }) {
      const moved = withInputs(sample, (row) => row.map((value, d) => (d === 0 ? 1000 * value + 5 : value)));
      const { response = 'number' } = under;
      const shift = response === 'number' ? 7 : 0;
      const far = ['class', 'count'].includes(response)
        ? moved
        : withResponse(moved, (value) => 100 * value + shift);
      const fits = [
        [fitted(), sample, 'the sample'],
        [fit(moved), moved, 'inputs in other units'],
        [fit(far), far, 'all in other units'],
      ] as const;
      for (const [own, of, what] of fits) {
        assertClose([under.objective(own)], [under.objectiveAt(own.measure, of)], `objective, ${what}`, 1e-7);
      }
    },
  },
  {
    name: 'returns what can be cloned, and a measure that survives JSON',
    run({ fitted, sample }) {
      const said = plain(fitted());
      assertSameJson(structuredClone(said), said, 'clone');
      const back = measureFromJSON(JSON.parse(JSON.stringify(said.measure)));
      assertSameJson(measureToJSON(back), said.measure, 'measure from JSON');
      assertClose(predict(back, sample.inputs), predict(fitted().measure, sample.inputs), 'predictions', 0);
    },
  },
  {
    name: 'returns no more than in proportion to the rows',
    run({ fit, fitted, sample }) {
      const rows = sample.inputs.map((_, i) => i);
      const [once, eightfold] = [fitted(), fit(rowsOf(sample, new Array(8).fill(rows).flat()))].map((each) =>
        numbersIn(plain(each)),
      ) as [number, number];
      const most = 8 * once + 1000;
      assert(eightfold <= most, `${eightfold} numbers from eight times the rows, ${once} from the rows`);
    },
  },
  {
    name: 'never falls on its way up',
    run({ fitted, under }) {
      const values = under.history(fitted());
      assert(values.length > 0, 'there is no history');
      values.forEach((value, i) => {
        const before = values[i - 1] ?? value;
        const fall = before - value;
        assert(fall <= ROUNDING * (1 + Math.abs(before)), `step ${i} falls by ${fall}`);
      });
    },
  },
  {
    name: 'stays where there is nothing to gain',
    run({ fit, fitted, sample, expectEqual }) {
      expectEqual(fit(sample, { initial: fitted().measure }), fitted(), 'fit from its own estimate');
    },
  },
  {
    name: 'explains no less with more experts',
    run({ fit, fitted, sample, under, more }) {
      const [fewer, many] = [under.objective(fitted()), under.objective(fit(sample, { experts: more }))];
      const tolerance = under.tolerance ?? 1e-6;
      assert(many >= fewer - tolerance, `${many} with more experts, ${fewer} with fewer`);
    },
  },
];

function numbersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (ArrayBuffer.isView(value)) return value.byteLength / 8;
  return Object.values(value).reduce<number>((sum, each) => sum + numbersIn(each), 0);
}
