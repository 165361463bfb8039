import { describe, expect, test } from 'vitest';
import { type Contest, differences, type Finished, type Role } from '../src/contest.ts';
import { learningRate } from '../src/train.ts';
import { verdict } from '../src/verdict.ts';

const finished = (role: Role, seed: number, bits: number): Finished => ({
  role,
  seed,
  bits,
  bitsOfLanguage: [bits],
  steps: 1,
  seconds: 1,
  secondsOfStep: 1,
});

const contest = (...all: Finished[]): Contest => ({
  finished: all,
  shown: undefined,
  ratio: 1.25,
  isGiven: false,
});

describe('the verdict', () => {
  test('compares under the same seed, and claims a lead only if every seed has it', () => {
    const steps = [finished('mixture', 1, 3.4), finished('mixture', 2, 3.6), finished('dense', 1, 3.45)];
    const all = [...steps, finished('dense', 2, 3.61)];
    expect(differences(all, 'dense').map((value) => value.toFixed(3))).toEqual(['-0.050', '-0.010']);
    expect(verdict(contest(...all))[0]).toBe(
      'After as many steps, the mixture is 0.030 bits per character ahead, under every seed: over 2 seeds (−0.050 to −0.010).',
    );
  });

  test('says that seeds disagree, and that the mixture is behind', () => {
    const mixtures = [finished('mixture', 1, 3.4), finished('mixture', 2, 3.6)];
    const dense = [finished('dense', 1, 3.45), finished('dense', 2, 3.5)];
    const longer = [finished('dense, equal time', 1, 3.3), finished('dense, equal time', 2, 3.5)];
    const said = verdict(contest(...mixtures, ...dense, ...longer));
    expect(said[0]).toContain(
      'neither is better under every seed: the mixture is 0.025 bits per character behind',
    );
    expect(said[1]).toContain(
      'After as much time, the mixture is 0.100 bits per character behind, under every seed',
    );
    expect(said[2]).toContain('1.25 times');
  });

  test('a ratio that was given is not called measured', () => {
    const said = verdict({ ...contest(finished('mixture', 1, 3.4)), isGiven: true });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('1.25 times as many steps');
    expect(said[0]).not.toContain('takes 1.25 times as long');
  });

  test('one seed shows little, and none nothing', () => {
    expect(verdict(contest(finished('mixture', 1, 3.4), finished('dense', 1, 3.5)))[0]).toContain(
      'shows little',
    );
    expect(
      verdict({ finished: [finished('mixture', 1, 3)], shown: undefined, ratio: undefined, isGiven: false }),
    ).toEqual([]);
  });
});

test('the step size goes up, then down to a tenth', () => {
  const rates = Array.from({ length: 400 }, (_, step) => learningRate(step, 400));
  expect(Math.max(...rates)).toBe(rates[50]);
  expect(rates[0]).toBeLessThan(rates[50]! / 40);
  expect(rates[399]! / rates[50]!).toBeCloseTo(0.1, 2);
});
