import { stream } from '@tfjs-moe/core';
import { assert, assertSameJson } from '@tfjs-moe/core/testing';
import type { Sample } from '../sample.ts';
import { rowsOf, withInputs } from './drawn-sample.ts';
import type { AnyFit, Check } from './estimator.ts';

/** The numbers of an estimate. */
const numbersOf = ({ measure }: AnyFit) => [
  measure.gateParams,
  measure.expertParams,
  measure.dispersions ?? [],
];

/** A sample whose arrays throw if somebody writes into them: only plain arrays can be frozen. */
function frozen({ inputs, response, weights, ...names }: Sample): Sample {
  const list = (values: ArrayLike<number>) => Object.freeze(Array.from(values));
  return Object.freeze({
    ...names,
    inputs: Object.freeze(inputs.map(list)),
    response: list(response),
    ...(weights !== undefined && { weights: list(weights) }),
  });
}

function typed(sample: Sample, kind: (values: readonly number[]) => ArrayLike<number>): Sample {
  return {
    ...sample,
    inputs: sample.inputs.map((row) => kind(Array.from(row))),
    response: kind(Array.from(sample.response)),
  };
}

/** In the middle of a buffer full of NaN. */
function view(values: readonly number[]): Float64Array {
  const buffer = new Float64Array(values.length + 6).fill(Number.NaN);
  buffer.set(values, 3);
  return buffer.subarray(3, 3 + values.length);
}

/** How a sample is read: what it is made of must not matter, nor the order of its rows, nor rows that do not count. */
export const sampleChecks: readonly Check[] = [
  {
    name: 'leaves its sample as it was',
    run({ fit, sample, expectEqual, fitted }) {
      expectEqual(fit(frozen(sample)), fitted(), 'fit of a sample that cannot be written into');
      const arrays = typed(sample, (values) => Float64Array.from(values));
      const before = JSON.stringify(arrays);
      fit(arrays);
      assert(JSON.stringify(arrays) === before, 'the numbers of the sample have changed');
    },
  },
  {
    name: 'gives the same fit for the same seed',
    run({ fit, sample, fitted }) {
      assertSameJson(numbersOf(fit(sample)), numbersOf(fitted()), 'second fit with the seed of the first');
    },
  },
  {
    name: 'reads plain arrays, float32 and float64 alike',
    run({ fit, sample, fitted }) {
      for (const [name, kind] of Object.entries({ Float32Array, Float64Array })) {
        const fits = numbersOf(fit(typed(sample, (values) => kind.from(values))));
        assertSameJson(fits, numbersOf(fitted()), `fit of the sample as ${name}`);
      }
    },
  },
  {
    name: 'reads views into larger buffers',
    run({ fit, sample, fitted }) {
      assertSameJson(numbersOf(fit(typed(sample, view))), numbersOf(fitted()), 'fit of views');
    },
  },
  {
    name: 'does not depend on the order of the rows',
    run({ fit, sample, fitted, expectEqual }) {
      const order = Array.from(stream(1, 'order').permutation(sample.inputs.length));
      expectEqual(fit(rowsOf(sample, order)), fitted(), 'fit of the rows in another order');
    },
  },
  {
    name: 'counts a row of weight w as w rows',
    run({ fit, sample, expectEqual }) {
      const rows = sample.inputs.map((_, i) => i);
      const repeated = rows.flatMap((i) => new Array<number>(1 + (i % 3)).fill(i));
      const weighted = fit({ ...sample, weights: rows.map((i) => 1 + (i % 3)) });
      expectEqual(weighted, fit(rowsOf(sample, repeated)), 'fit with weights against rows written out');
    },
  },
  {
    name: 'leaves out a row of weight 0, whatever it holds',
    run({ fit, sample, expectEqual, under }) {
      // The constant column must stay one, whatever stands in a row that does not count.
      for (const rows of [sample, withInputs(sample, (row) => [...row, 4])]) {
        const wild = rows.inputs.slice(0, 9).map((row, i) => Array.from(row, (value) => 1e5 * (i + value)));
        const isClass = under.response === 'class';
        const added = fit({
          ...rows,
          inputs: [...wild, ...rows.inputs],
          response: [...wild.map((_, i) => (isClass ? i % 2 : 1e6 * i)), ...Array.from(rows.response)],
          weights: [...wild.map(() => 0), ...Array.from(rows.response, () => 1)],
        });
        expectEqual(added, fit(rows), 'fit with rows that do not count');
      }
    },
  },
  {
    name: 'reads every number a bounded number of times',
    run({ fit, sample }) {
      const readsOf = (rows: readonly number[]) => {
        let reads = 0;
        const some = rowsOf(sample, rows);
        const counted = some.inputs.map(
          (row) =>
            new Proxy(Array.from(row), {
              get(target, key) {
                reads++;
                return Reflect.get(target, key);
              },
            }),
        );
        fit({ ...some, inputs: counted });
        return reads;
      };
      const rows = sample.inputs.map((_, i) => i);
      const [once, twice] = [readsOf(rows), readsOf([...rows, ...rows])];
      assert(twice <= 2 * once, `${twice} reads of twice the rows, ${once} of the rows`);
    },
  },
];
