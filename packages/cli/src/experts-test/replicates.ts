import { MoeError } from '@tfjs-moe/core';
import { type ExpertsTestParts, expertsTestParts } from '@tfjs-moe/estimators';
import { type FitSample, fitSample } from '../fit/fit-sample.ts';
import { likelihoodModel } from '../fit/likelihood-model.ts';
import { inOptionWords } from '../fit/option-words.ts';
import type { ReplicatesSource } from '../replicates/run-replicates.ts';
import type { TestOutcome } from './test-file.ts';
import { type TestOptions, testOptions } from './test-options.ts';

/** A test that is ready to run: the sample that was read, and the smaller fit to it. */
export interface PreparedTest {
  readonly sample: FitSample;
  readonly parts: ExpertsTestParts;
}

export function preparedTest({ model, experts, against }: TestOptions): PreparedTest {
  const sample = fitSample(model);
  return inOptionWords(model.who, sample.rows, () => ({
    sample,
    parts: expertsTestParts({ ...likelihoodModel(model, sample), experts, against }),
  }));
}

/** Runs replicates of one test by their number. */
export function replicateRunner({ words }: ReplicatesSource): (index: number) => TestOutcome {
  const { parts } = preparedTest(testOptions(words)!);
  return (index) => {
    try {
      return { index, ...parts.replicate(index) };
    } catch (error) {
      // A sample that cannot be fitted is a result; anything else is a mistake of ours.
      if (!(error instanceof MoeError)) throw error;
      return { index, statistic: null, converged: false, error: error.message };
    }
  };
}
