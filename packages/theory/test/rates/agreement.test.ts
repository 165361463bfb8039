import { expertMeans, type MixingMeasure } from '@tfjs-moe/measures';
import { counterexamples, functionDistance, rates } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { drawnTruth } from '../../src/rates/tried.ts';
import { inputs } from '../mixtures.ts';
import { additive, experts, gates, pairs, withAmplitude } from '../table.ts';

const rows = inputs(2);
const polynomialRates = ['n^(-1/2)', 'n^(-1/4)'];

const sizeOf = (measure: MixingMeasure) => Math.max(1, ...expertMeans(measure, rows).map(Math.abs));

/** Whether a counterexample holds at a truth by its own word, which is compared with the functions' distance. */
function holds(name: 'amplitudeSplit' | 'biasSplit' | 'scaleSplit', truth: MixingMeasure) {
  try {
    const example = counterexamples[name](truth);
    expect(functionDistance(example, rows)).toBeLessThan(1e-12 * sizeOf(example.other));
    return true;
  } catch (error) {
    expect(String(error)).toMatch(new RegExp(`^MoeError: \\[tfjs-moe\\] ${name}: `));
    return false;
  }
}

describe('what rates and counterexamples say of the same pair agrees', () => {
  test.each(pairs)('%s with %s', (gateName, expertName) => {
    const [gate, expert] = [gates[gateName]!, experts[expertName]!];
    // Other gates have no regimes.
    for (const regime of gateName.startsWith('sigmoid') ? ([1, 2] as const) : ([1] as const)) {
      const found = rates({ gate, expert, regime }).rates;
      const truth = drawnTruth(gate, expert, regime)!;
      const over = found.find(({ quantity }) => quantity === 'over-fitted atoms')!;
      expect(over, 'every table has the row').toBeDefined();
      for (const { rate, status, counterexample, source, quantity } of found) {
        if (counterexample === undefined) {
          expect(status, `${quantity} (${source})`).not.toBe('contradicted by our check');
          continue;
        }
        // Whatever is named runs as it is, on this gate with this expert.
        expect(rate).not.toMatch(/^n\^/);
        const example = counterexamples[counterexample as 'scaleSplit'](truth);
        expect(functionDistance(example, rows)).toBeLessThan(1e-12 * sizeOf(example.other));
      }
      // No rate is promised where any of them holds.
      const split = (['biasSplit', 'scaleSplit', 'amplitudeSplit'] as const).filter((name) =>
        holds(name, truth),
      );
      if (split.length > 0)
        expect([over.rate, split]).not.toEqual([expect.toBeOneOf(polynomialRates), split]);
      if (split.length > 0) expect(over.counterexample).toBeDefined();
      const isSplit = additive.includes(gateName) && withAmplitude.includes(expertName);
      expect(split.includes('amplitudeSplit'), `amplitudeSplit, regime ${regime}`).toBe(isSplit);
    }
  });
});
