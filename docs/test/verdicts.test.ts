/** The table of verdicts is what the package says now, and what the page says of it. */

import { identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import {
  type Cell,
  type CellVerdict,
  cellKeys,
  judge,
  namedExperts,
  namedGates,
  nameOf,
} from '../verdicts/cells.ts';
import { readCells } from '../verdicts/generate.ts';
import { isOpen } from '../verdicts/is-open.ts';

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
  // Every 29th, hence all gates, most experts and all sizes.
  const sample = cellKeys().filter((_, i) => i % 29 === 0);
  test.each(sample.map((key) => [nameOf(key), key] as const))('%s', { timeout: 300_000 }, (name, key) => {
    expect(firm(judge(key, 60_000))).toEqual(firm(byName.get(name)!));
  });
});

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

  test('no cell takes longer than the default budget, unless wider points are tried', () => {
    const plain = where(({ firstOrder, secondOrder, literal }) =>
      [firstOrder, secondOrder, literal].every((of) => of.spread === undefined && !isOpen(of)),
    );
    expect(plain.length).toBeGreaterThan(1000);
    expect(Math.max(...plain.map(({ time }) => time))).toBeLessThan(10_000);
  });

  test('what is open is what the page explains', () => {
    const open = (...questions: ('firstOrder' | 'secondOrder' | 'literal')[]) =>
      where((cell) => questions.some((question) => isOpen(cell[question])));
    expect(new Set(open('firstOrder', 'literal').map(({ expert }) => expert))).toEqual(
      new Set(['relu-scaled']),
    );
    expect(
      open('firstOrder', 'literal').every(({ firstOrder, literal }) =>
        [firstOrder, literal].every(({ verdict }) => verdict !== 'inconclusive'),
      ),
    ).toBe(true);
    expect(open('secondOrder').map(nameOf)).toEqual(['sigmoid/gelu/8/1']);
    const { secondOrder } = identifiability({
      gate: namedGates.sigmoid!(),
      expert: namedExperts.gelu!(),
      inputDim: 8,
      experts: 1,
      seed: 1,
      budget: 60_000,
    });
    expect(secondOrder.verdict).toBe('independent');
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
