import { ffn, linear } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { rates } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';

const gaussian = { family: 'gaussian' } as const;
const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });
const rowsOf = (options: Parameters<typeof rates>[0]) =>
  rates(options).rates.map(({ quantity, rate, status }) => `${quantity} ${rate} (${status})`);
const notCovered = ['density', 'exact atoms', 'over-fitted atoms', 'experts'].map(
  (quantity) => `${quantity} unknown (not covered)`,
);

describe('rates of a density are those that a theorem claims of the very case', () => {
  test.each([
    ['softmax', softmax(), '2305.03288'],
    ['top-2 of the theory', topK({ k: 2, biasInSelection: false }), '2309.13850'],
  ] as const)('Gaussian lines with variances of their own under %s', (_name, gate, paper) => {
    const of = { gate, expert: linear(), model: gaussian };
    expect(rowsOf(of)).toEqual([
      'density n^(-1/2) (proved in the paper)',
      'exact atoms n^(-1/2) (proved in the paper)',
      'over-fitted atoms n^(-1/8) (proved in the paper)',
      'experts n^(-1/8) (proved in the paper)',
    ]);
    expect(rates(of).rates.every(({ source }) => source.includes(paper))).toBe(true);
    expect(rowsOf({ ...of, overSpecified: false }).join()).not.toContain('over-fitted');
    expect(rowsOf({ ...of, cell: 3 })[2]).toContain('n^(-1/12)');
    expect(rates({ ...of, cell: 3 }).rates[2]?.note).not.toContain('our own');
  });

  test('under a learned temperature nothing is polynomial, and a counterexample is run', () => {
    const { rates: found } = rates({ gate: temperature(), expert: linear(), model: gaussian });
    expect(found[1]).toMatchObject({
      rate: 'slower than any polynomial',
      counterexample: 'rescaledTemperature',
      source: expect.stringContaining('2401.13875'),
    });
  });

  test.each([
    ['one variance', softmax(), linear(), { family: 'gaussian', variances: 'common' }],
    ['lines without a bias', softmax(), linear({ useBias: false }), gaussian],
    ['experts of a theorem on regressions', softmax(), gelu, gaussian],
    ['counts', softmax(), linear(), { family: 'poisson' }],
    ['heavy tails', softmax(), linear(), { family: 'studentT' }],
    ['trees', hierarchical({ groups: 2 }), linear(), gaussian],
    ['sigmoids', sigmoid({ normalize: true }), linear(), gaussian],
    ['the full logit in a selection', topK({ k: 2 }), linear(), gaussian],
  ] as const)('no theorem speaks of %s', (_name, gate, expert, model) => {
    expect(rowsOf({ gate, expert, model })).toEqual(notCovered);
  });

  test('of classes of lines the paper is named, and nothing of it is claimed', () => {
    const of = { gate: softmax(), expert: linear(), model: { family: 'multinomial' } } as const;
    expect(rowsOf(of)).toEqual(notCovered);
    for (const { source } of rates(of).rates) expect(source).toContain('arXiv:2310.14188');
    expect(rates({ ...of, gate: sigmoid({ normalize: true }) }).rates[0]?.source).toBe('no theorem');
  });
});
