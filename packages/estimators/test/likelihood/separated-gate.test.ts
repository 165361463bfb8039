import { stream } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { describe, expect, test } from 'vitest';
import {
  fitMaximumLikelihood,
  type MaximumLikelihoodFit,
  type MaximumLikelihoodOptions,
  standardErrors,
  withReference,
} from '../../src/index.ts';

const fit = (options: Partial<MaximumLikelihoodOptions> & Pick<MaximumLikelihoodOptions, 'data'>) =>
  fitMaximumLikelihood({ gate: softmax(), expert: linear(), experts: 2, starts: 4, ...options });

/** The estimate and its standard error of a name in a table. */
function numberOf(found: MaximumLikelihoodFit, group: string, name: string) {
  const place = found.estimates.findIndex((each) => each.group === group && each.name === name);
  return { ...found.estimates[place]!, error: standardErrors(found)[place] };
}

/** The group of the expert whose line has this slope, nearly. */
function expertOf({ estimates }: MaximumLikelihoodFit, slope: number): number {
  const slopes = estimates.filter(({ part, name }) => part === 'expert' && name === 'x1');
  return 1 + slopes.findIndex(({ value }) => Math.abs(value - slope) < 0.5);
}

describe('three lines, of which two change over slowly and the third sharply', () => {
  const random = stream(21);
  const x = Array.from({ length: 240 }, () => 3 * random.uniform());
  const y = x.map((value) => {
    const noise = 0.15 * random.normal();
    if (value > 2) return 5 + noise;
    return (
      (value - 1 + 0.15 * random.gumbel() - 0.15 * random.gumbel() > 0 ? 3 - 2 * value : 2 * value) + noise
    );
  });
  const data = { inputs: x.map((value) => [value]), response: y };
  const three = fit({ data, experts: 3 });
  const [rising, falling, flat] = [2, -2, 0].map((slope) => expertOf(three, slope)) as [
    number,
    number,
    number,
  ];
  // At the limit of the sharp border the likelihood is that of two experts on its left and of a line on its right.
  const left = x.flatMap((value, i) => (value > 2 ? [] : [i]));
  const two = fit({ data: { inputs: left.map((i) => [x[i]!]), response: left.map((i) => y[i]!) } });

  test('the pair is named, and nothing is called surplus', () => {
    expect(three.converged).toBe(true);
    expect(three.warnings).toHaveLength(1);
    const [{ reason, text, remedy }] = three.warnings as [MaximumLikelihoodFit['warnings'][0]];
    const pair = [falling, flat].sort();
    expect(reason).toBe('separated gate');
    expect(text).toMatch(new RegExp(`^gate ${pair[0]} against ${pair[1]} separates: limit reached; there`));
    if (flat === 3) expect(remedy).toMatch(/^withReference\(fit, [12]\) shows/);
  });

  test('the soft border has the estimates and standard errors of the two experts that it is between, whatever the reference', () => {
    const ours = [rising, falling];
    const theirs = [2, -2].map((slope) => expertOf(two, slope));
    const expected = withReference(two, theirs[1]!);
    for (const through of [three, withReference(three, flat), withReference(three, rising)]) {
      const shown = withReference(through, falling);
      for (const name of ['(Intercept)', 'x1']) {
        const [a, b] = [
          numberOf(shown, `gate ${rising}`, name),
          numberOf(expected, `gate ${theirs[0]}`, name),
        ];
        expect(a.status).toBe('estimated');
        expect(a.value / b.value).toBeCloseTo(1, 5);
        expect(a.error! / b.error!).toBeCloseTo(1, 5);
        expect(numberOf(shown, `gate ${flat}`, name)).toMatchObject({
          status: 'not identified',
          error: null,
        });
      }
      for (const [e, group] of ours.entries()) {
        for (const name of ['(Intercept)', 'x1', 'sigma']) {
          const b = numberOf(expected, `expert ${theirs[e]}`, name);
          expect(numberOf(shown, `expert ${group}`, name).error! / b.error!).toBeCloseTo(1, 5);
        }
      }
    }
    const hidden = withReference(three, flat);
    for (const group of ours)
      expect(numberOf(hidden, `gate ${group}`, 'x1')).toMatchObject({
        status: 'not identified',
        error: null,
      });
  });

  test('units of the input change nothing of this', () => {
    const far = fit({ data: { inputs: x.map((value) => [1.6e9 + 1e7 * value]), response: y }, experts: 3 });
    expect(far.warnings.map(({ reason, text }) => [reason, text.split(';')[0]!.replace(/\d/g, '')])).toEqual(
      three.warnings.map(({ reason, text }) => [reason, text.split(';')[0]!.replace(/\d/g, '')]),
    );
    const statuses = ({ estimates }: MaximumLikelihoodFit) => estimates.map(({ status }) => status).sort();
    expect(statuses(far)).toEqual(statuses(three));
  });
});

test('no number of a gate at infinity has a standard error, whatever the units of its inputs', () => {
  const random = stream(11);
  for (const unit of [1e-7, 1, 1e7]) {
    const inputs = Array.from({ length: 150 }, () => [unit * (100 + random.normal()), random.normal()]);
    const response = inputs.map(([, b]) => (b! > 0.2 ? 5 : -5) + random.normal());
    const found = fit({ data: { inputs, response }, starts: 2 });
    expect(found.warnings.map(({ reason }) => reason)).toEqual(['separated gate']);
    expect(found.warnings[0]!.text).toContain(
      'gate 1 against 2 separates: limit reached; the gate divides the rows',
    );
    const gate = found.estimates.filter(({ group }) => group === 'gate 1');
    expect(gate.map(({ status }) => status)).toEqual(gate.map(() => 'not identified'));
  }
});

test('a gate of classes that is wholly hard says so', () => {
  const random = stream(12);
  const inputs = Array.from({ length: 400 }, () => [2 * random.normal()]);
  // A saw's teeth: the odds rise to 0, fall all at once, and rise again.
  const chance = (x: number) => 1 / (1 + Math.exp(x > 0 ? 4 - 2 * x : -4 - 2 * x));
  const response = inputs.map(([x]) => (random.uniform() < chance(x!) ? 1 : 0));
  const clusters = inputs.map(([x]) => (x! > 0 ? 1 : 0));
  const found = fit({
    data: { inputs, response },
    family: 'multinomial',
    initial: { clusters },
    starts: 1,
  });
  expect(found.entropy).toBeLessThan(1e-6);
  expect(found.converged).toBe(true);
  expect(found.warnings.map(({ reason }) => reason)).toEqual(['separated gate']);
  const gate = found.estimates.filter(({ group }) => group === 'gate 1');
  expect(gate.map(({ status }) => status)).toEqual(['not identified', 'not identified']);
  const classes = found.estimates.filter(({ part, status }) => part === 'expert' && status !== 'reference');
  expect(classes.map(({ status }) => status)).toEqual(classes.map(() => 'estimated'));
});

test('where there is no noise, that is all that is said', () => {
  const inputs = Array.from({ length: 24 }, (_, i) => [i]);
  const response = inputs.map(([x]) => (x! < 12 ? 2 * x! + 1 : 40 - x!));
  expect(fit({ data: { inputs, response } }).warnings.map(({ reason }) => reason)).toEqual([
    'vanishing variance',
  ]);
});

test('experts that are alike are surplus, not separated', () => {
  const random = stream(13);
  const inputs = Array.from({ length: 200 }, () => [random.normal()]);
  const response = inputs.map(([x]) => x! + random.normal());
  const measure = {
    gate: softmax(),
    expert: linear(),
    experts: 2,
    inputDim: 1,
    gateParams: { 'router/kernel': [0.3, 0], bias: [0.1, 0] },
    expertParams: { kernel: [1, 1], bias: [0, 0] },
    standardDeviations: [1, 1],
  };
  const found = fit({ data: { inputs, response }, initial: { measure }, starts: 1, maxIterations: 1 });
  const reasons = found.warnings.map(({ reason }) => reason);
  expect(reasons).not.toContain('separated gate');
});

test('a border is as sharp for weights that are only relative as for rows that count as one', () => {
  // Two lines that meet: a steep border, which 200 rows determine with a large error.
  const random = stream(8);
  const x = Array.from({ length: 200 }, () => 2 * random.uniform() - 1);
  const y = x.map(
    (value) => (30 * value + random.gumbel() - random.gumbel() > 0 ? 1 : -1) + 0.02 * random.normal(),
  );
  const inputs = x.map((value) => [value]);
  const [one, ...others] = [1, 1e-3, 1e-6, 1 / 200].map((weight) =>
    fit({ data: { inputs, response: y, weights: x.map(() => weight) } }),
  ) as [MaximumLikelihoodFit, ...MaximumLikelihoodFit[]];
  for (const other of others) {
    expect(other.estimates.map(({ status }) => status)).toEqual(one.estimates.map(({ status }) => status));
    expect(other.warnings.map(({ reason }) => reason)).toEqual(one.warnings.map(({ reason }) => reason));
  }
});
