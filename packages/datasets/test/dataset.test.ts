import { expect, test } from 'vitest';
import { defineDataset } from '../src/dataset.ts';

const split = { size: 0 };
const definition = {
  name: 'empty',
  description: 'No rows.',
  source: 'Nobody.',
  licence: 'CC0',
  load: async () => ({ train: split, test: split }),
};

test('defineDataset freezes a copy', () => {
  const dataset = defineDataset(definition);
  expect(Object.isFrozen(dataset)).toBe(true);
  expect(Object.isFrozen(definition)).toBe(false);
});

test('defineDataset says what is missing', () => {
  expect(() => defineDataset({ ...definition, licence: '' })).toThrow(
    '[tfjs-moe] defineDataset: licence must be a text that is not empty. Received: "".',
  );
  expect(() => defineDataset({ ...definition, load: undefined as never })).toThrow('load must be a function');
});
