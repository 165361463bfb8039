import { expect, test } from 'vitest';
import { verdict } from '../../src/report/verdict.ts';
import { sampleReport } from '../sample-report.ts';

/** Two networks of which one alone is right so many times, and the other so many. */
function networks(onlyMixture: number, onlyDense: number): Parameters<typeof verdict>[0] {
  const { mixture, dense } = sampleReport().networks;
  const hits = (from: number, to: number) =>
    Uint8Array.from({ length: 400 }, (_, i) => Number(i >= from && i < to));
  const first = { ...mixture.evaluation, hits: hits(0, 200 + onlyMixture) };
  const second = { ...dense.evaluation, hits: hits(0, 200) };
  first.hits.fill(0, 0, onlyDense);
  return { mixture: { ...mixture, evaluation: first }, dense: { ...dense, evaluation: second } };
}

test('counts the images that only one network gets right', () => {
  expect(verdict(networks(30, 20))).toContain('alone is right on 30 images, the dense network alone on 20:');
});

test('calls a difference of more than two standard deviations hardly chance', () => {
  expect(verdict(networks(30, 20))).toContain('could explain'); // 10 / sqrt(50) = 1.4
  expect(verdict(networks(40, 20))).toContain('hardly explains'); // 20 / sqrt(60) = 2.6
  expect(verdict(networks(20, 40))).toContain('hardly explains');
  expect(verdict(networks(0, 0))).toContain('could explain');
});
