import { assert, assertFinite } from '@tfjs-moe/core/testing';
import type { Sample } from '../sample.ts';
import { rowsOf, withInputs, withResponse } from './drawn-sample.ts';
import type { AnyFit, Check, Subject } from './estimator.ts';

const ROW = 7;

/** Rows are counted from 0 or from 1. */
const NAMES_ROW = new RegExp(`\\b(${ROW}|${ROW + 1})\\b`);

/** The fit, or the refusal; what is neither breaks the promise. */
function fitOrRefusal(make: () => AnyFit, what: string): AnyFit | Error {
  try {
    return make();
  } catch (error) {
    assert(error instanceof Error && error.name === 'MoeError', `${what}: ${error} instead of a named error`);
    return error;
  }
}

function expectRefusal(subject: Subject, sample: unknown, what: string, ...says: readonly RegExp[]): void {
  const answer = fitOrRefusal(() => subject.fit(sample as Sample), what);
  assert(answer instanceof Error, `${what}: fitted instead of refused`);
  for (const part of says)
    assert(part.test(answer.message), `${what}: "${answer.message}" does not say ${part}`);
}

/** A fit must hold numbers, whatever the data; an error must be one that says what is wrong. */
function expectAnswer(subject: Subject, sample: Sample, what: string): void {
  const answer = fitOrRefusal(() => subject.fit(sample), what);
  if (answer instanceof Error) return;
  const { gateParams, expertParams, dispersions = [] } = answer.measure;
  const numbers = [...Object.values(gateParams), ...Object.values(expertParams), dispersions].flat();
  assertFinite(numbers, `${what}: estimates`);
}

const oddNumbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, undefined, null, '1'];

/** What is no sample is refused by name, and what is a poor one gets an answer. */
export const refusalChecks: readonly Check[] = [
  {
    name: 'refuses what is no sample',
    run(subject) {
      const { sample } = subject;
      expectRefusal(subject, undefined, 'no sample');
      expectRefusal(subject, {}, 'an empty object');
      expectRefusal(subject, { inputs: [], response: [] }, 'no rows');
      expectRefusal(subject, { ...sample, inputs: sample.inputs.map(() => []) }, 'no inputs');
      expectRefusal(subject, { ...sample, inputs: undefined }, 'inputs that are not there');
      expectRefusal(subject, { ...sample, response: undefined }, 'a response that is not there');
    },
  },
  {
    name: 'refuses wrong lengths',
    run(subject) {
      const { sample } = subject;
      const n = sample.inputs.length;
      const many = new RegExp(`\\b${n}\\b`);
      expectRefusal(
        subject,
        { ...sample, response: Array.from(sample.response).slice(1) },
        'a short response',
        many,
      );
      expectRefusal(subject, { ...sample, weights: new Array(n - 1).fill(1) }, 'few weights', many);
      const ragged = withInputs(sample, (row, i) => (i === ROW ? row.slice(1) : row));
      expectRefusal(subject, ragged, 'a short row', NAMES_ROW);
      const absent = { ...sample, inputs: sample.inputs.map((row, i) => (i === ROW ? undefined : row)) };
      expectRefusal(subject, absent, 'a row that is not there', NAMES_ROW);
      expectRefusal(subject, { ...sample, inputNames: ['one'] }, 'too few names');
    },
  },
  {
    name: 'refuses what is no finite number, and says where',
    run(subject) {
      const { sample } = subject;
      const [, name = 'x2'] = sample.inputNames ?? [];
      const response = new RegExp(sample.responseName ?? 'y');
      for (const odd of oddNumbers as readonly number[]) {
        const inputs = sample.inputs.map((row, i) =>
          Array.from(row, (value, d) => (i === ROW && d === 1 ? odd : value)),
        );
        expectRefusal(subject, { ...sample, inputs }, `an input of ${odd}`, NAMES_ROW, new RegExp(name));
        const answers = Array.from(sample.response, (value, i) => (i === ROW ? odd : value));
        expectRefusal(subject, { ...sample, response: answers }, `a response of ${odd}`, NAMES_ROW, response);
        const weights = Array.from(sample.response, (_, i) => (i === ROW ? odd : 1));
        expectRefusal(subject, { ...sample, weights }, `a weight of ${odd}`, NAMES_ROW, /weight/);
      }
    },
  },
  {
    name: 'refuses weights that are no weights',
    run(subject) {
      const { sample } = subject;
      const weights = Array.from(sample.response, (_, i) => (i === ROW ? -1 : 1));
      expectRefusal(subject, { ...sample, weights }, 'a negative weight', NAMES_ROW, /weight/);
      expectRefusal(subject, { ...sample, weights: weights.map(() => 0) }, 'no weight', /weight/);
    },
  },
  {
    name: 'refuses numbers of experts that are none',
    run(subject) {
      for (const experts of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9, '2', null]) {
        const what = `${experts} experts`;
        const answer = fitOrRefusal(() => subject.fit(subject.sample, { experts: experts as number }), what);
        assert(answer instanceof Error, `${what}: fitted instead of refused`);
      }
    },
  },
  {
    name: 'has an answer for poor samples',
    run(subject) {
      const { sample } = subject;
      const all = sample.inputs.map((_, i) => i);
      expectAnswer(subject, rowsOf(sample, [0]), 'one row');
      expectAnswer(subject, rowsOf(sample, [0, 1, 2]), 'three rows');
      expectAnswer(
        subject,
        rowsOf(
          sample,
          all.map(() => 4),
        ),
        'one row repeated',
      );
      expectAnswer(
        subject,
        rowsOf(
          sample,
          all.map((i) => i % 2),
        ),
        'two rows repeated',
      );
      expectAnswer(
        subject,
        withInputs(sample, () => [1, 2]),
        'inputs that do not vary',
      );
      expectAnswer(
        subject,
        withResponse(sample, () => 1),
        'a response that does not vary',
      );
      if (subject.under.response === 'class') return;
      expectAnswer(
        subject,
        withResponse(sample, () => 0),
        'a response of zeros',
      );
      expectAnswer(
        subject,
        withResponse(sample, (value, i) => (i === ROW ? 1e9 : value)),
        'an outlier',
      );
      expectAnswer(
        subject,
        withResponse(sample, (value) => 1e-150 * value),
        'tiny responses',
      );
      expectAnswer(
        subject,
        withResponse(sample, (value) => 1e150 * value),
        'huge responses',
      );
    },
  },
];
