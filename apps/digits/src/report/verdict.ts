/**
 * Whether the difference between the networks is more than chance.
 *
 * Images that both or neither classify correctly say nothing about it. Of the n that only one gets right, a fair coin
 * would give each network half, with a standard deviation of $\sqrt n$ for the difference of the two numbers (McNemar,
 * 1947). The test speaks of these two trained networks; another seed trains others.
 */
import type { ReportData } from './report-data.ts';

/** Standard deviations that a difference must exceed. */
const BEYOND_CHANCE = 2;

export function verdict({ mixture, dense }: ReportData['networks']): string {
  const ours = mixture.evaluation.hits;
  const theirs = dense.evaluation.hits;
  const onlyMixture = ours.filter((hit, image) => hit > theirs[image]!).length;
  const onlyDense = ours.filter((hit, image) => hit < theirs[image]!).length;
  const apart = Math.abs(onlyMixture - onlyDense) / Math.sqrt(Math.max(1, onlyMixture + onlyDense));
  const images =
    `The mixture alone is right on ${onlyMixture} images, the dense network alone on ${onlyDense}: ` +
    'a difference that chance ';
  return images + (apart > BEYOND_CHANCE ? 'hardly explains.' : 'could explain.');
}
