/** The table of verdicts is what the package says now, and what the page says of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { type Cell, type CellKey, type CellVerdict, cellKeys, judge, nameOf } from '../verdicts/cells.ts';
import { certifyCells } from '../verdicts/certify.ts';
import { readCells } from '../verdicts/generate.ts';
import { isOpen } from '../verdicts/is-open.ts';
import { disagreements } from '../verdicts/seeds.ts';

const cells = readCells();
const byName = new Map(cells.map((cell) => [nameOf(cell), cell]));
const where = (test: (cell: Cell) => boolean) => cells.filter(test);

test('every cell is there, once', () => {
  expect(cells.map(nameOf)).toEqual(cellKeys().map(nameOf));
});

/** What does not depend on rounding. */
function firm({ firstOrder, secondOrder, literal }: Cell) {
  const part = ({ verdict, relations, shapes, proofs }: CellVerdict) => ({
    verdict,
    relations,
    ...(proofs?.numerical === undefined && { shapes, proofs }),
  });
  return { firstOrder: part(firstOrder), secondOrder: secondOrder.verdict, literal: part(literal) };
}

describe('a sample of cells is judged as it was', () => {
  // Every 29th, hence all gates, most experts and all sizes, but for those that take long; `generate.mjs --redo` judges any.
  const isShort = (key: CellKey) => byName.get(nameOf(key))!.time < 4000;
  const sample = cellKeys().filter((key, i) => i % 29 === 0 && isShort(key));
  test.each(sample.map((key) => [nameOf(key), key] as const))('%s', { timeout: 300_000 }, (name, key) => {
    expect(firm(judge(key, 60_000))).toEqual(firm(byName.get(name)!));
  });
});

test('what is generic does not depend on the seed', { timeout: 300_000 }, () => {
  // The quick form of `seeds.mjs`: small cells of every gate, at ten seeds.
  const few = cellKeys().filter(
    ({ gate, expert, inputDim, experts }) =>
      inputDim * experts === 2 && gate !== 'topK' && !expert.startsWith('relu'),
  );
  const some = few.filter((_, i) => i % 13 === 0);
  expect(new Set(some.map(({ gate }) => gate)).size).toBeGreaterThan(3);
  const seeds = Array.from({ length: 10 }, (_, i) => i);
  expect(disagreements(some, seeds, byName, 10_000)).toEqual([]);
});

test.skipIf(spawnSync('python3', ['--version']).status !== 0)(
  'certificates of a few cells are proved in Python (skipped where there is no python3)',
  () => {
    // The quick form of `certify.mjs`.
    const few = cellKeys().filter(
      ({ expert, inputDim, experts }, i) =>
        inputDim === 1 && experts === 2 && !expert.includes('scaled') && i % 19 === 3,
    );
    const folder = mkdtempSync(join(tmpdir(), 'cells-'));
    const done = certifyCells(few, folder, 2000);
    rmSync(folder, { recursive: true });
    const said = (outcome: string) => done.filter((of) => of.outcome === outcome);
    expect(said('refused')).toEqual([]);
    expect(said('proved').length).toBeGreaterThanOrEqual(few.length);
    for (const { cell, question, words } of said('none'))
      expect(`${cell}, ${question}: ${words}`).toMatch(/second order: .*the format|known from/);
  },
);

describe('what the page says', () => {
  test('every certificate is there', () => {
    for (const { firstOrder, secondOrder, literal } of cells) {
      for (const { verdict, sigmaMin, relations } of [firstOrder, literal]) {
        if (verdict === 'independent') expect(sigmaMin).toBeGreaterThan(0);
        if (verdict === 'dependent') expect(relations).toBeGreaterThan(0);
      }
      if (secondOrder.verdict === 'independent') expect(secondOrder.curvature).toBeGreaterThan(0);
      if (secondOrder.verdict === 'dependent') expect(secondOrder.direction).not.toBe('');
    }
  });

  test('one cell is ended by the default budget, and the page names it', () => {
    const ended = where(({ firstOrder, secondOrder, literal }) =>
      [firstOrder, secondOrder, literal].some(({ raise = '' }) => raise.includes('budget')),
    );
    expect(ended.map(nameOf)).toEqual(['temperature-linear/polynomial/8/4']);
  });

  test('every verdict says for which parameters it holds', () => {
    const piecewise = ({ gate, expert, experts }: Cell) =>
      (gate === 'topK' && experts > 2) || expert.startsWith('relu');
    for (const cell of cells) {
      for (const name of ['firstOrder', 'literal'] as const) {
        const { verdict, quantifier } = cell[name];
        if (verdict === 'inconclusive') continue;
        const analytic = verdict === 'independent' ? 'almost all parameters' : 'all parameters';
        expect(`${nameOf(cell)} ${quantifier}`).toBe(
          `${nameOf(cell)} ${piecewise(cell) ? 'the region sampled' : analytic}`,
        );
      }
      if (piecewise(cell)) expect(cell.secondOrder.quantifier).toBe('the region sampled');
    }
  });

  test('what is open is what the page explains', () => {
    const open = (...questions: ('firstOrder' | 'secondOrder' | 'literal')[]) =>
      where((cell) => questions.some((question) => isOpen(cell[question])));
    expect(new Set(open('firstOrder', 'literal').map(({ expert }) => expert))).toEqual(
      new Set(['relu', 'relu-scaled', 'polynomial']),
    );
    const inconclusive = where(({ firstOrder, literal }) =>
      [firstOrder, literal].some(({ verdict }) => verdict === 'inconclusive'),
    );
    expect(inconclusive.map(nameOf)).toEqual(['temperature-linear/polynomial/8/4']);
    expect(open('secondOrder').map(nameOf)).toEqual([]);
  });

  test('a linear router under a learned temperature: no cell is independent in the first order', () => {
    const verdicts = where(({ gate }) => gate === 'temperature-linear').map(
      ({ firstOrder }) => firstOrder.verdict,
    );
    expect(new Set(verdicts)).toEqual(new Set(['dependent']));
  });

  test('softmax: over-fitted atoms of smooth experts are safe, others are not', () => {
    const ofSoftmax = where(({ gate, experts }) => gate === 'softmax' && experts > 1);
    for (const { expert, inputDim, secondOrder } of ofSoftmax) {
      const isSmooth = ['gelu', 'tanh', 'sigmoid'].includes(expert);
      const isDirection = expert.endsWith('-direction') && inputDim > 1;
      expect(`${expert} ${secondOrder.verdict}`).toBe(
        `${expert} ${isSmooth || isDirection ? 'independent' : 'dependent'}`,
      );
    }
  });

  test('the number of structural relations', () => {
    for (const { expert, inputDim: d, experts, literal } of where(({ gate }) => gate === 'softmax')) {
      if (['gelu', 'tanh', 'sigmoid'].includes(expert))
        expect(literal.relations).toBe((experts * d * (d + 1)) / 2);
      if (!expert.endsWith('-direction')) continue;
      const ofDimension = 10 * experts - 4 - Math.min(2, experts);
      expect(literal.relations).toBe(d === 1 ? ofDimension : experts * ((d * (d - 1)) / 2 + 1));
      expect(literal).toHaveProperty('sigmaMin');
    }
  });

  test('a direction of one input is independent in the first order', () => {
    const verdicts = where(
      ({ gate, expert, inputDim }) => gate === 'softmax' && expert.endsWith('-direction') && inputDim === 1,
    ).map(({ firstOrder }) => firstOrder.verdict);
    expect(new Set(verdicts)).toEqual(new Set(['independent']));
  });
});
