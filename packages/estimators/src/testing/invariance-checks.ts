import { assertClose } from '@tfjs-moe/core/testing';
import { predict, withAtoms } from '@tfjs-moe/measures';
import type { Sample } from '../sample.ts';
import { withInputs, withResponse } from './drawn-sample.ts';
import type { AnyFit, Check, Subject } from './estimator.ts';

/** Of predictions, as parts of the spread of the responses: maxima are flat. */
const CLOSE = 1e-3;

const isClass = ({ under }: Subject) => under.response === 'class';

/** What two fits say, each of its own rows, must agree once the units are those of the second. */
function expectSamePredictions(
  { sample, under }: Subject,
  [actual, actualRows]: readonly [AnyFit, Sample['inputs']],
  [expected, expectedRows]: readonly [AnyFit, Sample['inputs']],
  units: (value: number) => number,
): void {
  const response = Array.from(sample.response);
  const spread = Math.max(...response) - Math.min(...response);
  const said = (fit: AnyFit, rows: Sample['inputs']) =>
    Array.from(under.expected?.(fit, rows) ?? predict(fit.measure, rows));
  assertClose(
    said(actual, actualRows).map((value) => units(value) / spread),
    said(expected, expectedRows).map((value) => value / spread),
    'predictions',
    CLOSE,
  );
}

/** The estimate must follow the units of the data, and know nothing of columns without information. */
export const invarianceChecks: readonly Check[] = [
  {
    name: 'does not depend on the units of the inputs',
    run(subject) {
      const { fit, sample, fitted, expectEqual } = subject;
      for (const [scale, shift] of [
        [1000, 5],
        [1e-3, -0.2],
        [-2, 1e4],
      ] as const) {
        const moved = withInputs(sample, (row) =>
          row.map((value, d) => (d === 0 ? scale * value + shift : value)),
        );
        const other = fit(moved);
        expectEqual(other, fitted(), `fit with the first input times ${scale} plus ${shift}`);
        if (!isClass(subject)) {
          expectSamePredictions(subject, [other, moved.inputs], [fitted(), sample.inputs], (value) => value);
        }
      }
    },
  },
  {
    name: 'follows the units of the response',
    run(subject) {
      const { fit, sample, fitted, expectEqual, under } = subject;
      if (isClass(subject)) {
        // The names of classes are no units, but no more than names.
        expectEqual(
          fit(withResponse(sample, (value) => 1 - value)),
          fitted(),
          'fit with the classes renamed',
        );
        return;
      }
      if (under.response === 'count') {
        // Counts have no units; their exposure has, and an intercept takes them up.
        const exposed = { ...sample, offset: Array.from(sample.response, () => 1.5) };
        const other = fit(exposed);
        expectEqual(other, fitted(), 'fit with the exposure in other units');
        return;
      }
      const isPositive = under.response === 'positive';
      const total =
        sample.weights === undefined
          ? sample.response.length
          : Array.from(sample.weights).reduce((a, b) => a + b);
      for (const [scale, shift] of [
        [1000, isPositive ? 0 : 7],
        isPositive ? [1e-3, 0] : [-1e-3, 0.5],
      ] as const) {
        const other = fit(withResponse(sample, (value) => scale * value + shift));
        const gain = under.gainOfScale?.(Math.abs(scale), total) ?? 0;
        expectEqual(other, fitted(), `fit with the response times ${scale} plus ${shift}`, gain);
        expectSamePredictions(
          subject,
          [other, sample.inputs],
          [fitted(), sample.inputs],
          (value) => (value - shift) / scale,
        );
      }
    },
  },
  {
    name: 'gains nothing from a constant column',
    run({ fit, sample, fitted, expectEqual }) {
      const added = withInputs(sample, (row) => [...row, 4]);
      expectEqual(fit(added), fitted(), 'fit with a constant column');
    },
  },
  {
    name: 'gains nothing from a collinear column',
    run({ fit, sample, fitted, expectEqual }) {
      const added = withInputs(sample, (row) => [...row, row[0]! - 2 * (row[1] ?? 0)]);
      expectEqual(fit(added), fitted(), 'fit with a column that follows from others');
    },
  },
  {
    name: 'knows no order of the experts',
    run({ fit, sample, fitted, expectEqual, under, few }) {
      const { measure } = fitted();
      const places = Array.from({ length: few }, (_, e) => e);
      for (const order of under.orders ?? [[...places].reverse()]) {
        const initial = withAtoms(measure, order);
        const again = fit(sample, { initial });
        expectEqual(again, fitted(), `fit from experts in the order ${order}`);
        // The experts alone: where it divides the rows for good, a gate is not determined.
        for (const [name, values] of Object.entries(measure.expertParams)) {
          assertClose(
            again.measure.expertParams[name] ?? [],
            values,
            `${name} from the order ${order}`,
            CLOSE,
          );
        }
      }
    },
  },
];
