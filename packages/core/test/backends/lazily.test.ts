import { expect, test } from 'vitest';
import { lazily } from '../../src/backends/lazily.ts';

test('a member is computed when it is asked for, once, and again after it is disposed of', () => {
  let made = 0;
  const tensor = () => ({ dataId: {}, shape: [1], dtype: 'float32', isDisposed: false, number: made++ });
  const all = lazily<{ one: ReturnType<typeof tensor>; list: ReturnType<typeof tensor>[]; size: number }>({
    one: tensor,
    list: () => [tensor(), tensor()],
    size: () => 3,
  });
  expect(made).toBe(0);
  expect(all.one).toBe(all.one);
  expect(made).toBe(1);
  all.one.isDisposed = true;
  expect(all.one.number).toBe(1);
  const [first, second] = all.list;
  expect(all.list[1]).toBe(second);
  first!.isDisposed = true;
  expect(all.list[1]).not.toBe(second);
  expect(all.size).toBe(3);
  expect(Object.keys(all)).toEqual(['one', 'list', 'size']);
  expect(Object.isFrozen(all)).toBe(true);
});
