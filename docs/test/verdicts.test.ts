/** The table of verdicts is what the package says now, and what the page says of it. */
import { describe, expect, test } from 'vitest';
import { type Cell, type CellVerdict, cellKeys, judge, nameOf } from '../verdicts/cells.ts';
import { readCells } from '../verdicts/generate.ts';

const cells = readCells();
const byName = new Map(cells.map((cell) => [nameOf(cell), cell]));
const where = (test: (cell: Cell) => boolean) => cells.filter(test);

test('every cell is there, once', () => {
  expect(cells.map(nameOf)).toEqual(cellKeys().map(nameOf));
});

/** What does not depend on rounding or on the speed of the machine. */
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
  test.each(sample.map((key) => [nameOf(key), key] as const))('%s', (name, key) => {
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

  test('no cell takes longer than the default budget', () => {
    expect(Math.max(...cells.map(({ time }) => time))).toBeLessThan(10_000);
  });

  test('a linear router under a learned temperature: no cell is independent in the first order', () => {
    const verdicts = where(({ gate }) => gate === 'temperature-linear').map(
      ({ firstOrder }) => firstOrder.verdict,
    );
    expect(new Set(verdicts)).toEqual(new Set(['dependent']));
  });

  test('softmax: over-fitted atoms of smooth experts are safe, others are not', () => {
    const ofSoftmax = where(({ gate, atoms }) => gate === 'softmax' && atoms > 1);
    for (const { expert, inputDim, secondOrder } of ofSoftmax) {
      const isSmooth = ['gelu', 'tanh', 'sigmoid'].includes(expert);
      const isDirection = expert.endsWith('-direction') && inputDim > 1;
      expect(`${expert} ${secondOrder.verdict}`).toBe(
        `${expert} ${isSmooth || isDirection ? 'independent' : 'dependent'}`,
      );
    }
  });

  test('the number of structural relations', () => {
    for (const { expert, inputDim: d, atoms, literal } of where(({ gate }) => gate === 'softmax')) {
      if (['gelu', 'tanh', 'sigmoid'].includes(expert))
        expect(literal.relations).toBe((atoms * d * (d + 1)) / 2);
      if (!expert.endsWith('-direction')) continue;
      const ofDimension = 10 * atoms - 4 - Math.min(2, atoms);
      expect(literal.relations).toBe(d === 1 ? ofDimension : atoms * ((d * (d - 1)) / 2 + 1));
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
