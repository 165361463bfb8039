import type { Runner } from '../src/testing/index.ts';

/** Runs a contract suite without a test runner and returns the names of the tests that fail. */
export function failing(suite: (runner: Runner) => void): string[] {
  return [...complaints(suite).keys()];
}

/** What the tests that fail say, by their names. */
export function complaints(suite: (runner: Runner) => void): Map<string, string> {
  const failed = new Map<string, string>();
  suite({
    describe: (_name, body) => body(),
    test(name, body) {
      try {
        body();
      } catch (error) {
        failed.set(name, (error as Error).message);
      }
    },
  });
  return failed;
}
