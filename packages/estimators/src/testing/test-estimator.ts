import { assert, type Runner } from '@tfjs-moe/core/testing';
import type { Sample } from '../sample.ts';
import { drawnSample } from './drawn-sample.ts';
import type { AnyFit, Check, EstimatorUnderTest, FitRequest, Subject } from './estimator.ts';
import { fitChecks } from './fit-checks.ts';
import { invarianceChecks } from './invariance-checks.ts';
import { refusalChecks } from './refusal-checks.ts';
import { sampleChecks } from './sample-checks.ts';

const checks: readonly Check[] = [...sampleChecks, ...invarianceChecks, ...refusalChecks, ...fitChecks];

/**
 * Tests an estimator against what every estimator of mixtures promises, in the manner of scikit-learn's `check_estimator`:
 * that it reads samples as they are and leaves them so, that weights are numbers of rows, that units, the order of rows
 * and the names of experts do not matter, that what is no sample is refused by name, and that what it returns is an
 * estimate and plain data.
 *
 * Each check is a test of its name. A check that does not hold of a model, for a reason, is named in `exceptions`: it must
 * then fail.
 */
export function testEstimator<F extends AnyFit>(
  { describe, test }: Runner,
  estimator: EstimatorUnderTest<F>,
): void {
  const subject = subjectOf(estimator as unknown as EstimatorUnderTest);
  const exceptions = estimator.exceptions ?? {};
  describe(`estimator ${estimator.name}`, () => {
    for (const check of checks) {
      const reason = Object.hasOwn(exceptions, check.name) ? exceptions[check.name] : undefined;
      if (reason === undefined) test(check.name, () => check.run(subject));
      else
        test(`not: ${check.name} (${reason})`, () =>
          assert(fails(check, subject), 'the exception is out of date'));
    }

    test('has no exceptions from checks that there are not', () => {
      const names = new Set(checks.map(({ name }) => name));
      const stray = Object.keys(exceptions).find((name) => !names.has(name));
      assert(stray === undefined, `there is no check "${stray}"`);
    });
  });
}

function fails(check: Check, subject: Subject): boolean {
  try {
    check.run(subject);
    return false;
  } catch {
    return true;
  }
}

function subjectOf(under: EstimatorUnderTest): Subject {
  const [few, more] = under.experts ?? [2, 3];
  const sample = under.sample ?? drawnSample(under.response ?? 'number');
  const fit = (of: Sample, request: Partial<FitRequest> = {}) =>
    under.fit(of, { experts: few, seed: 1, ...request });
  let first: AnyFit | undefined;
  const tolerance = under.tolerance ?? 1e-6;
  return {
    under,
    sample,
    few,
    more,
    fit,
    fitted() {
      first ??= fit(sample);
      return first;
    },
    expectEqual(actual, expected, what, gain = 0) {
      const [a, b] = [under.objective(actual), under.objective(expected) + gain];
      assert(
        Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)),
        `${what}: objective ${a} instead of ${b}`,
      );
    },
  };
}
