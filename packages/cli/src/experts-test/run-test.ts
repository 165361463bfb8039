import { extname } from 'node:path';
import { restated } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { expectReplicatesPlace, replicatesFile } from '../replicates/replicates-file.ts';
import { type Observed, type ReplicatesRun, runReplicates } from '../replicates/run-replicates.ts';
import { preparedTest } from './replicates.ts';
import { type TestHeader, type TestOutcome, testFile, testHeader } from './test-file.ts';
import type { TestOptions } from './test-options.ts';
import { type TestResult, testResult } from './test-result.ts';

/** `worker.js` beside what is compiled, `worker.ts` beside the sources. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** The sample's own part of a test: both fits to it, and what replicates are kept under. */
export interface ObservedTest extends Observed<TestHeader> {
  readonly options: TestOptions;
  readonly fit: MaximumLikelihoodFit;
  readonly larger: MaximumLikelihoodFit;
  readonly statistic: number;
}

/**
 * Fits both numbers of experts to the sample.
 * @param onFit told of what is begun
 * @throws MoeError where the table or the model is wrong, or no file can be where replicates are kept
 */
export function observedTest(options: TestOptions, onFit: (said: string) => void = () => {}): ObservedTest {
  const { model, experts, against } = options;
  expectReplicatesPlace(model, options.out);
  onFit(`fitting ${experts} ${experts === 1 ? 'expert' : 'experts'}`);
  const { sample, parts } = preparedTest(options);
  const { fit } = parts;
  onFit(`fitting ${against} experts`);
  const { larger, statistic } = inCommandWords(parts.observed);
  const header = testHeader(options, sample, fit);
  const out = replicatesFile(options.out, 'test-out', header, `${experts}-against-${against}`);
  return { options, header, fit, larger, statistic, out };
}

/** Runs a part of the test whose errors name the command and its options. */
export function inCommandWords<T>(part: () => T): T {
  try {
    return part();
  } catch (error) {
    if (!(error instanceof MoeError) || error.who !== 'expertsTestParts') throw error;
    throw restated(error, testFile.who, (said) => said.replace('raise starts', 'raise --starts'));
  }
}

/** A test whose replicates are run. */
export type TestRun = ReplicatesRun<ObservedTest, TestOutcome>;

/**
 * The test, with its replicates on all cores.
 * @returns nothing if the signal ended the run before it was complete
 */
export async function runTest(run: TestRun): Promise<TestResult | undefined> {
  const { header, fit, larger, statistic } = run.observed;
  const outcomes = await runReplicates(run, testFile, WORKER, 'the test');
  return outcomes && testResult(header, fit, { larger, statistic }, outcomes);
}
