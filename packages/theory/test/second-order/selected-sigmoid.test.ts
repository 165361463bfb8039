/** Sigmoids of selected experts, as DeepSeek-V3 has them: divided by their sum, and not. */
import { ffn, linear } from '@tfjs-moe/experts';
import { sigmoid, topK } from '@tfjs-moe/gates';
import { type MixingMeasure, predict } from '@tfjs-moe/measures';
import { columns } from '@tfjs-moe/numerics';
import { identifiability } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { jacobianFamily } from '../../src/families/jacobian.ts';
import { drawnMixture, inputs } from '../mixtures.ts';

const tanh = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const gates = [
  ['divided by their sum', topK({ k: 2, weighting: sigmoid() })],
  ['as they are', topK({ k: 2, weighting: sigmoid(), renormalize: 'never' })],
  ['one of them', topK({ k: 1, weighting: sigmoid() })],
  ['divided by the sum of all, then selected', topK({ k: 2, weighting: sigmoid({ normalize: true }) })],
  ['chosen by weights with a bias', topK({ k: 2, weighting: sigmoid(), selectionBias: true })],
] as const;

/** The measure with one number moved: `gate/router/kernel[1]#0`. */
function moved(of: MixingMeasure, label: string, by: number): MixingMeasure {
  const [, part, name, entry, copy] = /^(gate|expert)\/(.*?)\[(\d+)(?:,0)?\]#(\d+)$/.exec(label)!;
  const params = part === 'gate' ? 'gateParams' : 'expertParams';
  const numbers = [...of[params][name!]!];
  numbers[(Number(copy) * numbers.length) / of.experts + Number(entry)]! += by;
  return { ...of, [params]: { ...of[params], [name!]: numbers } };
}

describe.each(gates)('%s', (_, gate) => {
  test('the functions of the Jacobian are derivatives of the mixture, up to one factor', () => {
    const of = drawnMixture(gate, tanh, 2, 3);
    const { labels, evaluate } = jacobianFamily(of);
    let others = 0;
    for (const x of inputs(2).slice(0, 20)) {
      const found = evaluate(columns, x) as number[];
      const step = 1e-6;
      const slopes = labels.map(({ parts }) => {
        const [name] = parts!.derivatives as [string];
        const [above] = predict(moved(of, name, step), [x]);
        const [below] = predict(moved(of, name, -step), [x]);
        return (above! - below!) / (2 * step);
      });
      const largest = slopes.reduce((a, value, i) => (Math.abs(value) > Math.abs(slopes[a]!) ? i : a), 0);
      const factor = found[largest]! / slopes[largest]!;
      expect(factor).toBeGreaterThan(0);
      slopes.forEach((slope, i) => {
        expect(found[i]! / factor).toBeCloseTo(slope, 6);
        if (slope === 0) others += 1;
      });
    }
    // An expert that is not selected has no part in the mixture there.
    expect(others).toBeGreaterThan(0);
  });

  test('tanh is independent at both orders, a line splits', () => {
    const ask = (expert: typeof tanh) => identifiability({ gate, expert, inputDim: 1, experts: 3 });
    const { firstOrder, secondOrder, weak } = ask(tanh);
    expect([firstOrder.verdict, secondOrder.verdict]).toEqual(['independent', 'independent']);
    expect(secondOrder.notes.join()).toMatch(/regime 1.*selection held fixed/);
    expect(weak).toBeUndefined();
    const line = ask(linear()).secondOrder;
    expect(line.verdict).toBe('dependent');
  });
});
