/** R's glm as a peer of one expert. Its script runs where Rscript with MASS is installed (Debian: r-base-core, r-cran-mass). */
import { describe, expect, test } from 'vitest';
import { askedToday, committed, missing } from './glm-tables.ts';

if (missing) {
  // biome-ignore lint/suspicious/noConsole: a peer that is left out must be seen
  console.warn('[tfjs-moe] glm peer: skipped, Rscript with the package MASS is not installed');
}

describe.skipIf(missing)('R', () => {
  test('says today what is committed', { timeout: 60_000 }, () => {
    const today = askedToday();
    expect(today).toHaveLength(committed.length);
    committed.forEach(({ effects, intervals }, i) => {
      for (const [j, value] of today[i]!.effects.entries()) expect(value).toBeCloseTo(effects[j]!, 8);
      for (const [j, value] of today[i]!.intervals.entries()) expect(value).toBeCloseTo(intervals[j]!, 4);
    });
  });
});
