/** Combinations that are determined, against the changes of parameters that are known to leave the function as it is. */
import { ffn, gatedFfn, linear } from '@tfjs-moe/experts';
import { cosineRouter, softmax, temperature } from '@tfjs-moe/gates';
import { type IdentifiabilityOptions, identifiability, reportCard, reportCardText } from '@tfjs-moe/theory';
import { expect, test } from 'vitest';

const gelu = ffn({ hiddenUnits: [], activation: 'gelu', outputWeights: false });

const combinationsOf = (
  options: Partial<IdentifiabilityOptions> & Pick<IdentifiabilityOptions, 'gate' | 'expert'>,
) => identifiability({ inputDim: 1, experts: 2, budget: 1500, ...options }).combinations;
const texts = (of: ReturnType<typeof combinationsOf>) => of?.combinations.map(({ text }) => text);

test('scores are determined in units of the temperature', () => {
  const found = combinationsOf({ gate: temperature(), expert: gelu });
  expect(texts(found)).toEqual([
    'gate/router/kernel[0]#0 / gate/temperature[0]',
    'gate/bias[0]#0 / gate/temperature[0]',
  ]);
  expect(found?.freedoms).toEqual([
    {
      kind: 'scale',
      parameters: { 'gate/temperature[0]': 1, 'gate/router/kernel[0]#0': 1, 'gate/bias[0]#0': 1 },
      fixed: { parameter: 'gate/temperature[0]', at: 1 },
    },
  ]);
  expect(found?.alone).toHaveLength(4);
});

test('scales that meet are in one product', () => {
  const gated = gatedFfn({ hiddenUnits: 1, activation: 'relu' });
  const product = (e: number) =>
    ['gate', 'up', 'down'].map((part) => `expert/kernel_${part}[0,0]#${e}`).join(' ');
  expect(texts(combinationsOf({ gate: softmax(), expert: gated }))).toEqual([product(0), product(1)]);
});

test('shifts are sums, and directions of a router ratios', () => {
  expect(texts(combinationsOf({ gate: softmax(), expert: linear(), sharedExperts: 1 }))).toContain(
    'expert/kernel[0,0]#1 + expert/shared/kernel[0,0]',
  );
  const cosine = softmax({ router: cosineRouter() });
  expect(texts(combinationsOf({ gate: cosine, expert: gelu, inputDim: 2, experts: 3 }))).toEqual(
    [0, 1, 2].map((e) => `gate/router/kernel[0]#${e} / gate/router/kernel[1]#${e}`),
  );
});

test('what is fixed leaves an identifiable model', () => {
  for (const [gate, expert, sharedExperts] of [
    [temperature(), gelu, 0],
    [softmax(), gatedFfn({ hiddenUnits: 1, activation: 'relu' }), 0],
    [softmax(), linear(), 1],
  ] as const) {
    const { freedoms } = combinationsOf({ gate, expert, sharedExperts })!;
    const known = freedoms.map(({ fixed }) => fixed.parameter);
    const { firstOrder } = identifiability({ gate, expert, sharedExperts, known, inputDim: 1, experts: 2 });
    expect(firstOrder.verdict).toBe('independent');
  }
});

test('nothing is said to be determined of what is identifiable, and a card says the rest', () => {
  expect(combinationsOf({ gate: softmax(), expert: gelu })).toBeUndefined();
  const card = reportCard({ gate: temperature(), expert: gelu, inputDim: 1, experts: 2 }, { budget: 1500 });
  expect(reportCardText(card)).toContain('What is determined instead\n  (beta_1, atom 1) / tau\n');
});
