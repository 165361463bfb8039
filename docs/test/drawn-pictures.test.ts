/** Pictures that are drawn while the site is built: they show what the library does. */
import { JSDOM } from 'jsdom';
import { beforeAll, expect, test } from 'vitest';
import * as tf from '../live/tf.ts';
import { dispatched } from '../pictures/dispatch-strip.ts';
import { drawing } from '../pictures/drawn.ts';
import { expertKindsPlot, expertLines } from '../pictures/expert-kinds.ts';
import { fittedAtoms, voronoiAtomsPlot } from '../pictures/voronoi-atoms.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('the strip crosses out as many tokens as the layer drops, and the first come are served', async () => {
  const { places, capacity, dropped } = await dispatched();
  const crossed = places.filter(({ slot }) => slot >= capacity);
  expect(crossed.length).toBeGreaterThan(0);
  expect(crossed.length / places.length).toBeCloseTo(dropped, 6);
  for (const { expert, token } of crossed)
    expect(
      places.filter((each) => each.expert === expert && each.token < token).length,
    ).toBeGreaterThanOrEqual(capacity);
});

test('an expert of each kind draws what it can and no more', () => {
  const lines = expertLines();
  const bends = (kind: string) => {
    const own = lines.filter((each) => each.kind === kind && each.expert === 0).map(({ y }) => y);
    return Math.max(...own.slice(2).map((y, i) => Math.abs(y - 2 * own[i + 1]! + own[i]!)));
  };
  expect(bends('constant')).toBe(0);
  expect(bends('linear')).toBeLessThan(1e-12);
  for (const kind of ['polynomial, degree 2', 'ffn, 8 tanh units', 'ffn, 8 relu units', 'gatedFfn, 8 units'])
    expect(bends(kind), kind).toBeGreaterThan(1e-6);
  const { document } = new JSDOM(drawing(expertKindsPlot(lines))).window;
  expect(document.querySelectorAll('svg path[stroke]').length).toBeGreaterThanOrEqual(28);
});

test('every fitted atom is joined to a true one', () => {
  const atoms = fittedAtoms(2);
  const { document } = new JSDOM(drawing(voronoiAtomsPlot(atoms))).window;
  expect(document.querySelectorAll('circle')).toHaveLength(6);
  expect(document.body.textContent).toContain('true 2');
});
