import { expect, test } from 'vitest';
import { plainSvg } from '../live/plain-svg.ts';

test('places lose digits that no pixel has, and what is read keeps its own', () => {
  const tick =
    '<g aria-label="x-axis tick" stroke-opacity="0.15"><text y="0.32em" transform="translate(56.4517,2)">0.125</text></g>';
  expect(plainSvg(`<svg aria-label="6.62 times">${tick}</svg>`)).toBe(
    '<svg aria-label="6.62 times"><g stroke-opacity="0.15"><text y="0.32em" transform="translate(56.4,2)">0.125</text></g></svg>',
  );
});
