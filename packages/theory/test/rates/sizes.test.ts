import { ffn, linear, normalizedFfn } from '@tfjs-moe/experts';
import { hierarchical, sigmoid, softmax } from '@tfjs-moe/gates';
import { type Rate, type RatesOptions, rates, reportCard } from '@tfjs-moe/theory';
import { expect, test } from 'vitest';

const ridge = ffn({ hiddenUnits: [], activation: 'tanh', outputWeights: false });
const direction = normalizedFfn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });

const over = (options: RatesOptions): Rate =>
  rates(options).rates.find(({ quantity }) => quantity === 'over-fitted atoms')!;

test('an atom that is alone in its softmax has no rate: its gate is not seen', () => {
  for (const [gate, alone, beside] of [
    [softmax(), 1, 2],
    [hierarchical({ groups: 2 }), 2, 4],
  ] as const) {
    expect(over({ gate, expert: ridge, experts: beside })).toMatchObject({ rate: 'n^(-1/4)' });
    expect(over({ gate, expert: ridge })).toMatchObject({ rate: 'n^(-1/4)' });
    expect(over({ gate, expert: ridge, experts: alone })).toMatchObject({
      rate: 'none',
      status: 'contradicted by our check',
      counterexample: 'commonTilt',
    });
  }
  expect(over({ gate: sigmoid(), expert: ridge, experts: 1 })).toMatchObject({ rate: 'n^(-1/4)' });
});

test('nor has it as a density', () => {
  const asked = { gate: softmax(), expert: linear(), model: { family: 'gaussian' } } as const;
  expect(over({ ...asked, experts: 2 }).rate).toBe('n^(-1/8)');
  expect(over({ ...asked, experts: 1 })).toMatchObject({ rate: 'unknown', status: 'not covered' });
});

test('the direction of a single input is its sign, and no theorem speaks of it', () => {
  for (const gate of [softmax(), sigmoid()]) {
    const asked = { gate, expert: direction };
    expect(over({ ...asked, inputDim: 2 })).toMatchObject({ rate: 'n^(-1/4)' });
    expect(over({ ...asked, inputDim: 1 })).toMatchObject({ rate: 'unknown', status: 'not covered' });
  }
});

test('a card names what the second order is lost by where the first is not', () => {
  const card = reportCard({ gate: sigmoid(), expert: direction, inputDim: 1, experts: 2 });
  expect(card).toMatchObject({
    standing: 'identifiable if fitted exactly',
    firstOrder: { verdict: 'independent' },
    culprits: [{ order: 'second' }],
  });
});
