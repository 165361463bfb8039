import { stream } from '@tfjs-moe/core';
import { describe, expect, test } from 'vitest';
import { reportPage } from '../../src/study/report/page.ts';
import { summarise } from '../../src/study/report/summarise.ts';
import { curveTable } from '../../src/study/report/table.ts';
import type { Outcome, Results } from '../../src/study/results.ts';

const sizes = [100, 1000, 10000];
const claim = { loss: 'D1', slope: -0.5, source: 'Theorem <1>' };

/** Losses $n^{-1/2}$ times log-normal factors, a few of them enormous, and one failure per size. */
function results(heavy = 0): Results {
  const random = stream(3, 'losses');
  const outcomes = sizes.flatMap((n, s) =>
    Array.from({ length: 41 }, (_, replicate): Outcome => {
      const loss = n ** -0.5 * Math.exp(0.3 * random.normal()) * (replicate < heavy ? 1e6 : 1);
      const failed = replicate === 40;
      return {
        index: s * 41 + replicate,
        arm: 'exact',
        n,
        replicate,
        losses: { D1: failed ? null : loss },
        converged: !failed && replicate !== 39,
        iterations: 3,
        ...(failed && { error: 'no' }),
      };
    }),
  );
  const fit = { estimator: 'maximumLikelihood', experts: 2 } as const;
  const arms = [{ name: 'exact', fit, losses: ['D1'], claims: [claim] }];
  const config = {
    name: 's',
    title: 'A <study>',
    about: 'One.\n\nTwo.',
    sizes,
    replicates: 41,
    seed: 5,
    arms,
  };
  return { header: { study: 's', fingerprint: 'abc', tasks: outcomes.length, config }, outcomes };
}

describe('summary of a study', () => {
  test('finds the planted slope, with an interval around it', () => {
    const [curve] = summarise(results());
    expect(curve?.slope?.value).toBeCloseTo(-0.5, 1);
    expect(curve?.slope?.low).toBeLessThan(-0.5 + 0.05);
    expect(curve?.slope?.high).toBeGreaterThan(-0.5 - 0.05);
    expect(curve!.slope!.low).toBeLessThan(curve!.slope!.high);
    expect(curve?.points.map(({ fits, failed, unconverged }) => [fits, failed, unconverged])).toEqual(
      sizes.map(() => [40, 1, 1]),
    );
    expect(curve?.claim).toEqual(claim);
  });

  test('is not moved by a heavy tail', () => {
    const [calm] = summarise(results());
    const [wild] = summarise(results(4));
    expect(Math.abs(wild!.slope!.value - calm!.slope!.value)).toBeLessThan(0.1);
    expect(wild!.points[0]!.mean).toBeGreaterThan(1000 * calm!.points[0]!.mean);
  });

  test('does not depend on the order of the outcomes', () => {
    const { header, outcomes } = results();
    expect(summarise({ header, outcomes: [...outcomes].reverse() })).toEqual(summarise({ header, outcomes }));
  });

  test('takes quartiles as R does', () => {
    const { header, outcomes } = results();
    const four = [4, 1, 3, 2].map((D1, i) => ({ ...outcomes[i]!, losses: { D1 } }));
    const [{ points } = { points: [] }] = summarise({ header, outcomes: four });
    expect(points).toHaveLength(1);
    expect([points[0]!.low, points[0]!.median, points[0]!.high]).toEqual([1.75, 2.5, 3.25]);
  });

  test('becomes a table and a page', () => {
    const curves = summarise(results());
    expect(curveTable(curves)).toMatch(
      /slope -0\.\d+ \[-0\.\d+, -0\.\d+\]; claimed n\^-1\/2 \(Theorem <1>\)/,
    );
    const page = reportPage(results(), curves);
    expect(page).toContain('<h1>A &lt;study&gt;</h1>');
    expect(page).toContain('Theorem &lt;1&gt;');
    expect(page.match(/<figure>/g)).toHaveLength(1);
    expect(page).not.toMatch(/NaN|undefined|src=|href="http/);
  });
});
