import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import { askedOnce } from '@tfjs-moe/measures/testing';
import { expect, test } from 'vitest';

test('asks once for a gate and an expert of a size, and anew for another size or another of them', () => {
  const asked: string[] = [];
  const ask = askedOnce(({ inputDim, experts, units }) => {
    asked.push(`${inputDim} ${experts} ${units}`);
    return asked.length;
  });
  const [gate, expert] = [softmax(), linear()];
  const shape = { gate, expert, inputDim: 2, experts: 4 };
  expect([ask(shape), ask({ ...shape }), ask({ ...shape, units: 1 })]).toEqual([1, 1, 1]);
  expect([
    ask({ ...shape, experts: 3 }),
    ask({ ...shape, inputDim: 1 }),
    ask({ ...shape, units: 2 }),
  ]).toEqual([2, 3, 4]);
  expect([ask({ ...shape, gate: softmax() }), ask({ ...shape, expert: linear() }), ask(shape)]).toEqual([
    5, 6, 1,
  ]);
});
