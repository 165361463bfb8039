import type { Runner } from '@tfjs-moe/core/testing';

/** Runs a contract suite without a test runner and returns the names of the tests that fail. */
export function failing(suite: (runner: Runner) => void): string[] {
  const failed: string[] = [];
  suite({
    describe: (_name, body) => body(),
    test(name, body) {
      try {
        body();
      } catch {
        failed.push(name);
      }
    },
  });
  return failed;
}
