/** What the playground thinks about: weights at a place, the card of a pair, the experiment on rates. */
import { describe, expect, test } from 'vitest';
import { type Picture, SIDE } from '../playground/cells.ts';
import { placeAt, weightsAt } from '../playground/cursor.ts';
import { healthOf } from '../playground/health.ts';
import { healthKey } from '../playground/health-key.ts';
import { rateResult, truthOf } from '../playground/rate-experiment.ts';
import { rateTasks, SIZES } from '../playground/rate-tasks.ts';
import { defaults, gates, settled } from '../playground/settings.ts';

const line = settled({ ...defaults, data: 'line', gate: 'softmax', experts: 2, balance: 'none' }).settings;

describe('weights at a place', () => {
  const cells = SIDE * SIDE;
  const picture = {
    inputs: 2,
    cells,
    experts: 1,
    weights: [Array.from({ length: cells }, (_, cell) => cell)],
  } as unknown as Picture;

  test('are those of its cell, whose rows go down from the top', () => {
    expect(weightsAt(picture, [0, 1])).toEqual([0]);
    expect(weightsAt(picture, [0.999, 0])).toEqual([cells - 1]);
    expect(weightsAt(picture, [0, 0])).toEqual([cells - SIDE]);
    expect(weightsAt(picture, [-3, 9])).toEqual([0]);
    expect(placeAt([0.5, 1], [-2, 2], 2)).toEqual([0, 2]);
  });
});

describe('the rate experiment', () => {
  test('fits the same numbers whoever makes the fit, in whichever order', () => {
    const tasks = rateTasks(false).filter(({ n, replicate }) => n === SIZES[0] && replicate < 2);
    const there = tasks.map((task) => rateResult(line, task));
    const back = [...tasks].reverse().map((task) => rateResult(line, task));
    expect(back.reverse()).toEqual(there);
    expect(there[0]!.distance).not.toBe(there[1]!.distance);
  });

  test('comes nearer to the truth with more rows', () => {
    const [few, many] = [SIZES[0]!, SIZES.at(-1)!].map((n) =>
      rateResult(line, { n, replicate: 0, surplus: false }),
    );
    expect(many!.distance).toBeLessThan(few!.distance / 2);
    expect(many!.parameters).toBeLessThan(few!.parameters!);
  });

  test('has a truth for every gate', () => {
    for (const gate of gates) {
      const { settings } = settled({ ...defaults, gate });
      expect(truthOf(settings).experts).toBeLessThanOrEqual(4);
    }
  });
});

describe('the card', () => {
  test('says why linear experts are lost when there are too many, and what would help', () => {
    const { standing, culprit, advice } = healthOf(line);
    expect(standing).toBe('identifiable if fitted exactly');
    expect(culprit).toContain('expert/kernel');
    expect(advice.join()).toContain('gelu');
  });

  test('is asked for anew where gate, expert or sizes are others, and only there', () => {
    expect(healthKey({ ...line, seed: 3, points: 40, rate: 0.1 })).toBe(healthKey(line));
    expect(healthKey({ ...line, expert: 'constant' })).not.toBe(healthKey(line));
    expect(healthKey({ ...line, tau: 0.5 })).not.toBe(healthKey(line));
  });
});
