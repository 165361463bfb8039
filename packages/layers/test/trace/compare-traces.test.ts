import { expect, test } from 'vitest';
import { compareTraces, type RoutingTrace, saturation } from '../../src/trace/index.ts';

const call = (choices: readonly (readonly number[] | null)[], more: object = {}) => ({
  step: 0,
  layer: 'moe' as const,
  call: 0,
  experts: 8,
  expertsPerToken: 2,
  choices,
  ...more,
});

test('shares of equal choices, of common experts, and the tokens that differ', () => {
  const a = [call([[5, 0], [3, 4], null, [2, 7], [6, 7]], { margins: [1, 0.01, null, 2, 3] })];
  const b = [call([[5, 0], [3, 2], null, [7, 2], [0, 1]])];
  const [compared] = compareTraces(a, b);
  expect(compared).toMatchObject({ layer: 'moe', tokens: 4, equal: 0.25 });
  expect(compared!.overlap).toBe((1 + 0.5 + 1 + 0) / 4);
  expect(compared!.differing).toEqual([
    {
      token: 1,
      choices: [
        [3, 4],
        [3, 2],
      ],
      margins: [0.01, null],
    },
    {
      token: 3,
      choices: [
        [2, 7],
        [7, 2],
      ],
      margins: [2, null],
    },
    {
      token: 4,
      choices: [
        [6, 7],
        [0, 1],
      ],
      margins: [3, null],
    },
  ]);
});

test('with another number of experts per token, K is the larger one', () => {
  expect(compareTraces([call([[1], []])], [call([[1, 2], []])])[0]).toMatchObject({
    overlap: 0.75,
    equal: 0.5,
  });
});

test('saturation of a layer is over all of its tokens', () => {
  const early = [
    call([[1, 2]]),
    call(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      { call: 1 },
    ),
    call([[0]], { layer: 9 }),
  ];
  const late = [
    call([[2, 1]]),
    call(
      [
        [1, 0],
        [3, 0],
        [0, 7],
      ],
      { call: 1 },
    ),
    call([[1]], { layer: 9 }),
  ];
  expect(saturation(early, late)).toEqual(
    new Map<string | number, number>([
      ['moe', (1 + 0.5 + 0.5 + 0) / 4],
      [9, 0],
    ]),
  );
});

test.each<[string, RoutingTrace, RoutingTrace]>([
  ['the second trace has no step 0, layer moe, call 0', [call([])], []],
  ['the first trace has no step 1, layer moe, call 0', [], [call([], { step: 1 })]],
  ['must have the same tokens and experts in both', [call([[1]])], [call([[1], [2]])]],
  ['must have the same tokens and experts in both', [call([[1]])], [call([[1]], { experts: 4 })]],
  ['token 1 is padding in one trace alone', [call([[1], null])], [call([[1], [2]])]],
])('%s', (message, a, b) => {
  expect(() => compareTraces(a, b)).toThrow(message);
});
