/** The states of the playground, and its controls. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Picture } from '../playground/cells.ts';
import { controls, positionOf, valueAt } from '../playground/controls.ts';
import { type Happening, initial, next, type State, unasked } from '../playground/machine.ts';
import { defaults, settled } from '../playground/settings.ts';
import { docs } from './pages.ts';

const picture: Picture = {
  ...{ inputs: 2, cells: 1, experts: 1 },
  ...{ owner: [0], strength: [1], prediction: [0], outputs: [[0]], weights: [[1]] },
};

const report = (run: number, made: number): Happening => ({
  ...{ type: 'state', run, made, errors: made > 0 ? [1] : [], loads: made > 0 ? [[1]] : [], picture },
});

test('a run goes from loading over running to done', () => {
  const phases: State['phase'][] = [];
  let state = initial;
  for (const happening of [{ type: 'train', until: 2 } as const, report(0, 0), report(0, 1), report(0, 2)]) {
    state = next(state, happening);
    phases.push(state.phase);
  }
  expect(phases).toEqual(['loading', 'running', 'running', 'done']);
  expect(state.errors).toHaveLength(2);
});

test('what an earlier run still says changes nothing', () => {
  const state = next(next(initial, { type: 'train', until: 5 }), { type: 'reset' });
  expect(next(state, report(0, 3))).toBe(state);
  expect(next(state, { type: 'failed', run: 0, problem: 'late' })).toBe(state);
});

test('a worker that dies is a named failure, after which the reader can train again', () => {
  const lost = next(next(initial, { type: 'train', until: 5 }), { type: 'lost', problem: 'gone' });
  expect([lost.phase, lost.problem]).toEqual(['failed', 'gone']);
  expect(next(next(lost, { type: 'reset' }), { type: 'train', until: 5 }).phase).toBe('loading');
});

test('whatever happens, steps and histories fit together', () => {
  const happening: fc.Arbitrary<Happening> = fc.oneof(
    fc.constantFrom<Happening>({ type: 'reset' }, { type: 'pause' }, { type: 'lost', problem: 'gone' }),
    fc.integer({ min: 1, max: 9 }).map((until) => ({ type: 'train', until }) as const),
    fc.tuple(fc.nat(2), fc.nat(9)).map(([run, made]) => report(run, made)),
  );
  fc.assert(
    fc.property(fc.array(happening), (all) => {
      const state = all.reduce(next, initial);
      expect(state.errors.length).toBe(state.loads.length);
      expect(state.phase === 'failed').toBe(state.problem !== '');
    }),
  );
});

test('experts that are not asked are counted from when they last were', () => {
  expect([
    ...unasked([
      [1, 0.5, 0],
      [1, 0, 0],
      [1, 0, 0],
    ]),
  ]).toEqual([
    [1, 2],
    [2, 3],
  ]);
});

test('every control leads to a page that there is, and its ends can be built', () => {
  for (const control of controls) {
    expect(control.about).toMatch(/\.$/);
    if (control.page !== undefined)
      expect(existsSync(join(docs, `${control.page}.md`)), control.page).toBe(true);
    if (control.type === 'choice') continue;
    for (const position of [control.min, control.max]) {
      const { notes } = settled({ ...defaults, balance: 'none', [control.key]: valueAt(control, position) });
      expect(notes.filter((note) => !note.startsWith('K is at most'))).toEqual([]);
    }
    const value = defaults[control.key];
    expect(valueAt(control, positionOf(control, value))).toBe(value);
  }
});
