import { basename, extname, join, resolve } from 'node:path';
import { expectOutput, type FileSystem, restated } from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { MaximumLikelihoodFit } from '@tfjs-moe/estimators';
import { type RunWatch, runKept } from '../tasks/run-kept.ts';
import type { OpenPool } from '../tasks/task-pool.ts';
import { openThreadPool } from '../tasks/thread-pool.ts';
import { preparedTest, type TestSource } from './replicates.ts';
import { type TestHeader, type TestOutcome, testFile, testHeader } from './test-file.ts';
import type { TestOptions } from './test-options.ts';
import { type TestResult, testResult } from './test-result.ts';

/** `worker.js` beside what is compiled, `worker.ts` beside the sources. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** The sample's own part of a test: both fits to it, and what replicates are kept under. */
export interface ObservedTest {
  readonly options: TestOptions;
  readonly header: TestHeader;
  readonly fit: MaximumLikelihoodFit;
  readonly larger: MaximumLikelihoodFit;
  readonly statistic: number;
  /** Absolute. */
  readonly out: string;
}

/**
 * Fits both numbers of experts to the sample.
 * @param onFit told of what is begun
 * @throws MoeError where the table or the model is wrong, or no file can be where replicates are kept
 */
export function observedTest(options: TestOptions, onFit: (said: string) => void = () => {}): ObservedTest {
  const { model, experts, against } = options;
  const place = (path: string, written: string) =>
    expectOutput(model.who, '--out', path, written, {
      inputs: { 'the table': resolve(model.file) },
      makesFolder: true,
      isKept: true,
    });
  if (options.out !== undefined) place(resolve(options.out), options.out);
  onFit(`fitting ${experts} ${experts === 1 ? 'expert' : 'experts'}`);
  const { sample, parts } = preparedTest(options);
  const { fit } = parts;
  onFit(`fitting ${against} experts`);
  const { larger, statistic } = inCommandWords(parts.observed);
  const header = testHeader(options, sample, fit);
  const out = resolve(options.out ?? join('test-out', nameOf(header)));
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

export interface TestRun extends RunWatch<TestOutcome> {
  readonly observed: ObservedTest;
  /** What the options were read from: threads read them again. */
  readonly source: TestSource;
  /** Threads, if not those of this module. */
  readonly openPool?: OpenPool<TestSource, TestOutcome>;
  readonly files?: FileSystem;
}

/**
 * The replicates of a test on all cores; a killed run goes on where it stopped.
 * @returns nothing if the signal ended the run before it was complete
 * @throws MoeError where another run is at work, or a file cannot be written
 */
export async function runTest(run: TestRun): Promise<TestResult | undefined> {
  const { header, fit, larger, statistic, out, options } = run.observed;
  const { replicates, workers, memory } = options;
  const found = await runKept({
    openPool: (pool) => openThreadPool({ ...pool, worker: WORKER }),
    ...run,
    ...{ workers, memory, file: testFile, header, out },
    tasks: Array.from({ length: replicates }, (_, index) => ({ index })),
    loads: 'the test',
    describe: ({ index }) => `replicate ${index}`,
  });
  if (found === undefined) return undefined;
  // Those of an earlier run with more of them do not count, so that the same words give the same number.
  const own = found.outcomes.filter(({ index }) => index < replicates);
  return testResult(header, fit, { larger, statistic }, own);
}

function nameOf({ table, experts, against, fingerprint }: TestHeader): string {
  const name = basename(table, extname(table));
  return `${name}-${experts}-against-${against}-${fingerprint.slice(0, 8)}.jsonl`;
}
